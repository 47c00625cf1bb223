package postgres

import (
	"strconv"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/relational"
)

// sequenceName returns the name of the sequence behind a generated column.
func sequenceName(table string, c *relational.Column) string {
	if c.Sequence != nil && c.Sequence.Name != "" {
		return c.Sequence.Name
	}
	return table + "_" + c.Name + "_seq"
}

// sequence returns a sequence as PostgreSQL reads it in text.
func (s *script) sequence(table string, c *relational.Column) string {
	return s.sql("").Table(sequenceName(table, c)).Statement().SQL
}

// literal quotes text where a statement takes no parameters.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// nextValue returns the default of a generated column.
func (s *script) nextValue(table string, c *relational.Column) string {
	return "nextval(" + literal(s.sequence(table, c)) + "::regclass)"
}

// makeSequence makes the sequence of a generated column. One of that name may
// be there: of a model that was renamed, or of a dropped one in a database of
// Prisma 1, which left them behind. It goes on under another name.
func (s *script) makeSequence(table string, c *relational.Column) {
	if !c.Generated {
		return
	}
	name := s.sequence(table, c)
	body := "BEGIN IF to_regclass(" + literal(name) + ") IS NOT NULL THEN EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', " +
		literal(name) + ", 'former_' || to_regclass(" + literal(name) + ")::oid); END IF; END"
	s.add(s.sql("DO ").SQL(literal(body)))
	start := int64(1)
	if c.Sequence != nil {
		start = max(c.Sequence.InitialValue, 1)
	}
	s.add(s.sql("CREATE SEQUENCE ").Table(sequenceName(table, c)).SQL(" START ").SQL(strconv.FormatInt(start, 10)))
}

// ownSequence lets the sequence go with its column.
func (s *script) ownSequence(table string, c *relational.Column) {
	if c.Generated {
		b := s.sql("ALTER SEQUENCE ").Table(sequenceName(table, c))
		s.add(b.SQL(" OWNED BY ").Table(table).SQL(".").Name(c.Name))
	}
}

// generate makes a column that is there count up, on from its highest value.
func (s *script) generate(table string, c *relational.Column) {
	s.makeSequence(table, c)
	s.add(s.alterColumn(table, c.Name).SQL(" SET DEFAULT ").SQL(s.nextValue(table, c)))
	s.ownSequence(table, c)
	b := s.sql("SELECT setval(" + literal(s.sequence(table, c)) + "::regclass, max(").Name(c.Name).SQL("))\nFROM ").Table(table)
	s.add(b.SQL("\nHAVING max(").Name(c.Name).SQL(") > 0"))
}
