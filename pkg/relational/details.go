package relational

// Details are what a database says about its tables beyond what a migration
// deals with. They are read for a datamodel of tables that somebody else made.
type Details struct {
	Columns map[[2]string]ColumnDetails // by table and column; those with nothing to say are left out
	Asides  []Aside                     // by table
}

// ColumnDetails are what a Column does not say.
type ColumnDetails struct {
	Default  *string  // a literal, bare: no quotes, no cast; nil when there is none
	Computed string   // a default that is no literal, as the database writes it; "" when there is none
	Enum     string   // name of the column's own enum type; "" when there is none or it has no name
	Values   []string // of an enum column, in order
	Comment  string
}

// An Aside is something that a database has and a Table does not.
type Aside struct {
	Kind   AsideKind
	Table  string   // whose it is, or its own name
	Detail []string // columns of a view or foreign key; the text of a comment
	Target string   // of a foreign key: what it leads to, for a reader
}

// AsideKind is what an Aside is.
type AsideKind string

const (
	View         AsideKind = "view"
	Partition    AsideKind = "partition"   // a table that holds rows of another one
	WideKey      AsideKind = "foreign key" // of several columns, or to a table elsewhere
	TableComment AsideKind = "comment"
)

// Detail returns what is known of a column.
func (d *Details) Detail(table, column string) ColumnDetails {
	return d.Columns[[2]string{table, column}]
}
