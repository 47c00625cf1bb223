package fault

import (
	"fmt"
)

// Codes of the data API (connectors/api-connector/.../schema/Errors.scala).
// Numbers that Prisma 1 reserves and never sends are left out.
const (
	ThrottlerBufferFull        Code = 1004
	StorageFull                Code = 1005 // not Prisma 1's
	ValueTooLong               Code = 3007
	UniqueConstraintViolation  Code = 3010
	NodeDoesNotExist           Code = 3011
	InvalidConnectionArguments Code = 3014
	InvalidToken               Code = 3015
	ProjectNotFound            Code = 3016
	FieldCannotBeNull          Code = 3020
	InvalidFirstArgument       Code = 3026
	InvalidLastArgument        Code = 3027
	InvalidSkipArgument        Code = 3028
	RelationIsRequired         Code = 3032
	FilterCannotBeNullOnMany   Code = 3033
	InputInvalid               Code = 3036
	NodeNotFoundForWhere       Code = 3039
	NullProvidedForWhere       Code = 3040
	NodesNotConnected          Code = 3041
	RequiredRelationViolated   Code = 3042
	TooManyUniquesForWhere     Code = 3045
)

// Codes of what Prisma 1 had not.
const (
	TransactionUndone      Code = 3101
	OutsideTransaction     Code = 3102
	InvalidTransactionMode Code = 3103
	InvalidGrouping        Code = 3104
	InvalidSort            Code = 3105
	InvalidJSONFilter      Code = 3106
	InvalidSearch          Code = 3107
)

// New returns a fault with a formatted message.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// TooLong is the fault of a value that does not fit into its column.
func TooLong(field string) *Error {
	return New(ValueTooLong, "Value for field %s is too long.", field)
}

// Unique is the fault of a value that another node of the model already has.
func Unique(model, field string) *Error {
	return New(UniqueConstraintViolation, "A unique constraint would be violated on %s. Details: Field name = %s", model, field)
}

// MissingReference is the fault of a link to a node that is not there.
func MissingReference() *Error {
	return New(NodeDoesNotExist, "You are referencing a node that does not exist. Please check your mutation to make sure you are only creating edges between existing nodes. Id if available: ")
}

// FirstAndLast is the fault of a page with both ends.
func FirstAndLast() *Error {
	return New(InvalidConnectionArguments, "Including a value for both first and last is not supported. See the spec for a discussion of why https://facebook.github.io/relay/graphql/connections.htm#sec-Pagination-algorithm")
}

// NegativeFirst, NegativeLast and NegativeSkip are the faults of a page size below zero.
func NegativeFirst() *Error {
	return New(InvalidFirstArgument, "The 'first' argument must be non negative")
}

// NegativeLast is the fault of last < 0.
func NegativeLast() *Error {
	return New(InvalidLastArgument, "The 'last' argument must be non negative")
}

// NegativeSkip is the fault of skip < 0.
func NegativeSkip() *Error {
	return New(InvalidSkipArgument, "The 'skip' argument must be non negative")
}

// Token is the fault of a missing, wrong or expired service token.
func Token() *Error {
	return New(InvalidToken, "Your token is invalid. It might have expired or you might be using a token from a different project.")
}

// NoProject is the fault of an endpoint without a service. id is the project id as the connector encodes it.
func NoProject(id string) *Error {
	return New(ProjectNotFound, "Project not found: '%s'", id)
}

// NullForRequired is the fault of a required field set to null. field may be "".
func NullForRequired(field string) *Error {
	return New(FieldCannotBeNull, "You are trying to set a required field to null. If you are using GraphQL arguments, make sure that you specify a value for all arguments. Fieldname if known: %s", field)
}

// Required is the fault of a created node without the related node it requires.
func Required(field, model string) *Error {
	return New(RelationIsRequired, "The field '%s' on type '%s' is required. Performing this mutation would violate that constraint", field, model)
}

// NullForMany is the fault of a filter f_some, f_every or f_none with null.
func NullForMany(field string) *Error {
	return New(FilterCannotBeNullOnMany, "The field '%s' is a toMany relation. This cannot be filtered by null.", field)
}

// Invalid is the fault of an input value that does not fit its field.
func Invalid(input, field, model string) *Error {
	return New(InputInvalid, "The input value %s was not valid for field %s of type %s.", input, field, model)
}

// UnstorableText is the fault of U+0000 on PostgreSQL, and of an id beyond
// U+FFFF on MySQL; Prisma 1 had an internal error.
func UnstorableText() *Error {
	return New(InputInvalid, "A text of the request has a character that the database can neither store nor look for in that field, such as U+0000 or an emoji in an id. Please leave it out.")
}

// UnstorableDate is the fault of a year that the database does not know: on MySQL
// those before 0 and after 9999. Prisma 1 had an internal error.
func UnstorableDate() *Error {
	return New(InputInvalid, "A date of the request lies in a year that the database can neither store nor look for. Please send one between the years 0001 and 9999.")
}

// NotFound is the fault of a selector that meets no node. value is printed bare.
func NotFound(model, value, field string) *Error {
	return New(NodeNotFoundForWhere, "No Node for the model %s with value %s for %s found.", model, value, field)
}

// NullSelector is the fault of a selector without a value.
func NullSelector(model string) *Error {
	return New(NullProvidedForWhere, "You provided an invalid argument for the where selector on %s. Please provide exactly one unique field and value.", model)
}

// AmbiguousSelector is the fault of a selector with more than one value.
func AmbiguousSelector(model string) *Error {
	return New(TooManyUniquesForWhere, "You provided more than one field for the unique selector on %s. If you want that behavior you can use the many query and combine fields with AND / OR.", model)
}

// RequiredRelation is the fault of a change that would leave a node without a related node it requires.
func RequiredRelation(relation, modelA, modelB string) *Error {
	return New(RequiredRelationViolated, "The change you are trying to make would violate the required relation '%s' between %s and %s", relation, modelA, modelB)
}

// Undone is the fault of an operation whose transaction another one ended.
func Undone() *Error {
	return New(TransactionUndone, "Nothing was stored, because another operation of the transaction failed.")
}

// RawInsideTransaction is the fault of raw SQL among operations that are one transaction.
func RawInsideTransaction() *Error {
	return New(OutsideTransaction, "executeRaw runs on a connection of its own and cannot be part of a transaction. Please send it without the header Prisma-Transaction.")
}

// SubscriptionInsideTransaction is the fault of a subscription among operations that are one transaction.
func SubscriptionInsideTransaction() *Error {
	return New(OutsideTransaction, "A subscription cannot be part of a transaction. Please send it without the header Prisma-Transaction.")
}

// TransactionMode is the fault of a header Prisma-Transaction with another value than all.
func TransactionMode(mode string) *Error {
	return New(InvalidTransactionMode, "The header Prisma-Transaction says %q. It can only say all: one transaction for all operations of the request.", mode)
}

// NoGroupBy is the fault of groups without a field to group by.
func NoGroupBy() *Error {
	return New(InvalidGrouping, "The argument 'by' of groupBy must name at least one field.")
}

// NotGroupedBy is the fault of a group that is asked for a field it is not grouped by.
func NotGroupedBy(field string) *Error {
	return New(InvalidGrouping, "A group has no key '%[1]s'. Please add %[1]s to the argument 'by' of groupBy.", field)
}

// WideSum is the fault of a sum that has more than 64 bits.
func WideSum(field string) *Error {
	return New(InvalidGrouping, "The sum of %s lies beyond the 64 bits of a Long. Please ask for its avg, or for fewer nodes.", field)
}

// SortAndOrderBy is the fault of a list with two orders.
func SortAndOrderBy() *Error {
	return New(InvalidSort, "A list takes either 'orderBy' or 'sort', not both.")
}

// AmbiguousSort is the fault of an object in sort that does not name one field.
func AmbiguousSort() *Error {
	return New(InvalidSort, "Each object in 'sort' must name exactly one field, because the fields of an object have no order: [{ a: asc }, { b: desc }].")
}

// WrongJSONPath is the fault of a path into JSON that not every database can follow.
func WrongJSONPath(field string) *Error {
	return New(InvalidJSONFilter, "The path of the filter of field %s has a key with a quote, a backslash or a negative number, which cannot be asked for.", field)
}

// LongJSONPath is the fault of a path into JSON with too many keys.
func LongJSONPath(field string, limit int) *Error {
	return New(InvalidJSONFilter, "The path of the filter of field %s has more than %d keys.", field, limit)
}

// NumbersInJSONPath is the fault of a path into JSON with too many numbers.
func NumbersInJSONPath(field string, limit int) *Error {
	return New(InvalidJSONFilter, "The path of the filter of field %s has more than %d keys that are numbers.", field, limit)
}

// LongSearch is the fault of a search for too many words.
func LongSearch(limit int) *Error {
	return New(InvalidSearch, "The search 'fullText' has more than %d words.", limit)
}

// WrongJSONValue is the fault of an order or pattern in a filter of a Json field with nothing to compare with.
func WrongJSONValue(field, operator string) *Error {
	return New(InvalidJSONFilter, "The filter %[2]s of field %[1]s needs a String or a number.", field, operator)
}

// An End is one end of a relation in a NotConnected fault. Field is "" when the node is not known.
type End struct{ Model, Field, Value string }

// NotConnected is the fault of a nested operation on two nodes that are not linked.
func NotConnected(relation string, parent, child End) *Error {
	switch {
	case parent.Field != "" && child.Field != "":
		return New(NodesNotConnected, "The relation %s has no node for the model %s with the value '%s' for the field '%s' connected to a node for the model %s with the value '%s' for the field '%s'",
			relation, parent.Model, parent.Value, parent.Field, child.Model, child.Value, child.Field)
	case parent.Field != "":
		return New(NodesNotConnected, "The relation %s has no node for the model %s with the value '%s' for the field '%s' connected to a node for the model %s on your mutation path.",
			relation, parent.Model, parent.Value, parent.Field, child.Model)
	case child.Field != "":
		return New(NodesNotConnected, "The relation %s has no node for the model %s connected to a Node for the model %s with the value '%s' for the field '%s' on your mutation path.",
			relation, parent.Model, child.Model, child.Value, child.Field)
	}
	return New(NodesNotConnected, "The relation %s has no node for the model %s connected to a Node for the model %s on your mutation path.",
		relation, parent.Model, child.Model)
}
