package dialect

import (
	"slices"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// A Builder writes the text of one statement. Identifiers are quoted, values
// become parameters; no other string meets SQL.
type Builder struct {
	facts  *Facts
	schema string // qualifies tables, "" does not
	text   []byte
	args   []any
	veiled bool
}

// NewBuilder returns a builder for statements on tables of schema.
func NewBuilder(facts *Facts, schema string) *Builder {
	return &Builder{facts: facts, schema: schema, text: make([]byte, 0, 512)}
}

// Facts returns the facts of the dialect that is written.
func (b *Builder) Facts() *Facts { return b.facts }

// SQL appends fixed text of a statement. It never takes input.
func (b *Builder) SQL(text string) *Builder {
	b.text = append(b.text, text...)
	return b
}

// Name appends one quoted identifier.
func (b *Builder) Name(name string) *Builder {
	q := b.facts.Quote
	b.text = append(b.text, q)
	for i := range len(name) {
		if name[i] == q {
			b.text = append(b.text, q)
		}
		b.text = append(b.text, name[i])
	}
	b.text = append(b.text, q)
	return b
}

// Table appends a table's name, qualified by the schema.
func (b *Builder) Table(name string) *Builder {
	if b.schema != "" {
		b.Name(b.schema).SQL(".")
	}
	return b.Name(name)
}

// Column appends alias.column. The alias is fixed text, the column is quoted.
func (b *Builder) Column(alias, column string) *Builder {
	return b.SQL(alias).SQL(".").Name(column)
}

// Names appends quoted identifiers with commas between them.
func (b *Builder) Names(names ...string) *Builder {
	for i, name := range names {
		if i > 0 {
			b.SQL(", ")
		}
		b.Name(name)
	}
	return b
}

// Value appends a parameter with a scalar value.
func (b *Builder) Value(v scalar.Value) *Builder {
	if v.Type == scalar.Decimal {
		return b.SQL(b.facts.Decimal[0]).Arg(b.facts.Arg(v)).SQL(b.facts.Decimal[1])
	}
	return b.Arg(b.facts.Arg(v))
}

// Values appends parameters with commas between them.
func (b *Builder) Values(values []scalar.Value) *Builder {
	for i, v := range values {
		if i > 0 {
			b.SQL(", ")
		}
		b.Value(v)
	}
	return b
}

// Arg appends a parameter with a value as the driver takes it.
func (b *Builder) Arg(arg any) *Builder {
	b.args = append(b.args, arg)
	b.text = b.facts.Placeholder(b.text, len(b.args))
	return b
}

// Veil makes a database that plans statements without a look at their values do
// so each time: it never sees what Guess appends.
func (b *Builder) Veil() { b.veiled = true }

// Guess appends a parameter by whose value a database would plan the statement.
// typ is the name of its type in SQL.
func (b *Builder) Guess(arg any, typ string) *Builder {
	if !b.veiled {
		return b.Arg(arg)
	}
	return b.SQL("(SELECT CAST(").Arg(arg).SQL(" AS " + typ + "))")
}

// Len returns the number of parameters so far.
func (b *Builder) Len() int { return len(b.args) }

// Size returns how many bytes the text and the texts among the parameters have so far.
func (b *Builder) Size() int {
	size := len(b.text)
	for _, arg := range b.args {
		if text, ok := arg.(string); ok {
			size += len(text)
		}
	}
	return size
}

// Statement returns what was built.
func (b *Builder) Statement() Statement {
	return Statement{SQL: string(b.text), Args: slices.Clip(b.args)}
}
