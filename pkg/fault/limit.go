package fault

import "time"

// Codes of limits, one for each. Prisma 1 had none but that of the body.
const (
	QueryTooLong      Code = 3201
	TooManyTokens     Code = 3202
	QueryTooDeep      Code = 3203
	TooManyAliases    Code = 3204
	TooManyFields     Code = 3205
	TooManyDirectives Code = 3206
	BatchTooLong      Code = 3207
	BodyTooLarge      Code = 3208
	StatementTooSlow  Code = 3209
	TooManyNodes      Code = 3210
	ValueTooDeep      Code = 3211
	TooMuchSchema     Code = 3212
	AnswerTooLarge    Code = 3213
	FilterTooLong     Code = 3214
	TooManyValues     Code = 3215
)

// Crowd is the fault of a call for which there is no place to wait (RequestThrottler.scala).
func Crowd() *Error {
	return New(ThrottlerBufferFull, "There are too many concurrent queries for this service.")
}

// FullStorage is the fault of a write to a service that stores as many bytes as it may.
func FullStorage(size, limit int64) *Error {
	const mega = 1_000_000
	return New(StorageFull, "This service stores %.1f MB and may store %.1f MB. Nothing more is stored until nodes are deleted; queries and deletes go on.", float64(size)/mega, float64(limit)/mega)
}

// TooLittleStorage is the fault of a write that would store more than is left of what a service may.
func TooLittleStorage(size, limit int64) *Error {
	const mega = 1_000_000
	return New(StorageFull, "This service stores %.1f MB and may store %.1f MB, and this write needs more than is left. Nothing of it was stored.", float64(size)/mega, float64(limit)/mega)
}

// ManyServices is the fault of a service too many in a workspace; "" is none.
func ManyServices(workspace string, most int) *Error {
	of := "The workspace " + workspace + " has"
	if workspace == "" {
		of = "There are"
	}
	return New(TooManyServices, "%s %d services on this server, and no more are let in. Please delete one that is not needed, or ask whoever runs the server for a larger limits.workspaceServices.", of, most)
}

// LargeBody is the fault of a request that is larger than most bytes.
func LargeBody(most int) *Error {
	return New(BodyTooLarge, "The request is larger than %d bytes.", most)
}

// LongBatch is the fault of a batch of more than most requests.
func LongBatch(most int) *Error {
	return New(BatchTooLong, "A batch may hold %d requests. Please send the rest in another one.", most)
}

// ManyAliases is the fault of a batch with more than most aliases or root fields.
func ManyAliases(most int) *Error {
	return New(TooManyAliases, "The operations of a batch have more than %d aliases or root fields.", most)
}

// SlowStatement is the fault of a statement that was stopped, because it ran longer than most.
func SlowStatement(most time.Duration) *Error {
	return New(StatementTooSlow, "The database was asked for longer than %v. Please ask for less at a time, or with other filters.", most)
}

// LargeAnswer is the fault of a request whose answers would repeat more than most bytes.
func LargeAnswer(most int) *Error {
	return New(AnswerTooLarge, "The answer would repeat nodes for more than %d bytes. Please do not ask for the same lists or nodes again and again.", most)
}

// LargeIntrospection is the fault of a request for more than most bytes about the schema.
func LargeIntrospection(most int) *Error {
	return New(TooMuchSchema, "A request may get %d bytes about the schema. Please ask for less of it at a time.", most)
}

// LongSubscription is the fault of a subscription that has more than most bytes, with its variables.
func LongSubscription(most int) *Error {
	return New(QueryTooLong, "The subscription is longer than %d bytes, its variables included.", most)
}

// LongFilter is the fault of a filter with more than most of something.
func LongFilter(most int, of string) *Error {
	return New(FilterTooLong, "The filter has more than %d %s. Please use _in where values are compared with one field, or ask in parts.", most, of)
}

// ManyNodes is the fault of a level of a query that has more than most nodes.
func ManyNodes(model string, most int) *Error {
	return New(TooManyNodes, "The list of %s has more than %d nodes. Please ask for pages of it, with first and after.", model, most)
}
