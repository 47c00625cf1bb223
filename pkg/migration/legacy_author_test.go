package migration_test

import "strings"

// A legacyAuthor writes a datamodel 1.0. Bytes decide what stands in it; when
// they are used up it takes the first of everything.
type legacyAuthor struct {
	choices []byte
	text    strings.Builder
	adopts  bool // names tables that are there already
	types   []string
	said    map[string]bool // directives of the field
}

// choose returns a number below n.
func (a *legacyAuthor) choose(n int) int {
	if len(a.choices) == 0 {
		return 0
	}
	b := int(a.choices[0])
	a.choices = a.choices[1:]
	return b % n
}

// one returns one of some texts; one that is given twice is chosen more often.
func (a *legacyAuthor) one(texts ...string) string { return texts[a.choose(len(texts))] }

func (a *legacyAuthor) write(texts ...string) { a.text.WriteString(a.one(texts...)) }

// seldom writes a text one time in so many.
func (a *legacyAuthor) seldom(times int, texts ...string) {
	if a.choose(times) == times-1 {
		a.write(texts...)
	}
}

func (a *legacyAuthor) datamodel() string {
	a.adopts = a.choose(2) == 1
	names := []string{"User", "Post", "AToB", "_x"}
	a.types = names[:1+a.choose(len(names))]
	for _, name := range a.types {
		a.seldom(8, "# a comment\n", `"A description" `, "\"\"\"é\n{\n\"\"\"\n", "scalar X ", "interface Y { id: ID! @id } ")
		a.text.WriteString("type " + name)
		a.seldom(8, " implements Node", " implements A & B")
		a.seldom(6, ` @rename(oldName: "Old`+name+`")`, " @other(a: {b: [1]})")
		if a.adopts {
			a.seldom(2, ` @pgTable(name: "`+name+`s")`, `@pgTable(name: "full `+name+`")`, " @pgTable", ` @pgColumn(name: "x")`)
		}
		a.fields()
	}
	a.seldom(2, "enum E { A B }", "enum E { A B } enum PostToUser { A }")
	return a.text.String()
}

func (a *legacyAuthor) fields() {
	a.write(" {", " { # head\n", "{\n\"\"\"d\"\"\"", "{\n ", "{\r\n\t")
	others := []string{"a", "b", "createdAt", "updatedAt", "name", "type", "A", "c", "d", "e"}
	count, first := 1+a.choose(6), a.choose(len(others))
	for i, id := 0, a.choose(count); i < count; i++ {
		if i > 0 {
			a.write("\n  ", "\n\t", ", ", " ", "\r\n\t", " # }\n", "\n\n", "\n\"d\" ", "\n\"\"\"}\né\"\"\"\n")
		}
		a.said = map[string]bool{}
		if i != id {
			a.field(others[(first+i)%len(others)])
			continue
		}
		a.write("id: ID! @unique", "id: ID! @unique", "id: UUID! @unique", "id:ID!@unique(a:1)", "id: Int! @unique", "x: Int")
		a.seldom(6, `@pgColumn(name: "_id")`)
	}
	a.write("\n}\n", " }\n", "}", " # }\n}", "\n  }", "\r\n}\r\n")
}

func (a *legacyAuthor) field(name string) {
	a.text.WriteString(name)
	a.seldom(12, "(x: Int = 3, y: [A!])", "(a: E @unique)")
	a.text.WriteString(": ")
	switch {
	case name == "createdAt" || name == "updatedAt":
		a.text.WriteString("DateTime!")
	case a.choose(2) == 1:
		a.relation()
		return
	default:
		a.value()
	}
	for range a.choose(3) {
		a.space()
		if a.choose(4) == 0 && !a.twice("unique") {
			a.write("@unique", "@unique(a: 1)")
		}
		a.place("pgColumn")
	}
}

func (a *legacyAuthor) space() { a.write(" ", "", "\n    ", "  ") }

func (a *legacyAuthor) twice(directive string) bool {
	said := a.said[directive]
	a.said[directive] = true
	return said
}

// defaults are texts of defaults, right and wrong, by scalar type.
var defaults = map[string][]string{
	"DateTime": {`"2020-01-01"`, `"2020"`},
	"String":   {`"1"`, "1", "true", "A", `"é\"\u0041"`, `"""x"""`, `""`, "\"\"\"a\"b\\\"\"\"c\n   d\"\"\""},
	"Int":      {"1", `"1"`, `"-1"`, "-3", `"""4"""`, `"+1"`, `"007"`, `"-0"`, `"1.0"`},
	"Float":    {"1", "1.5", `"1.5"`, `"1e3"`, `"NaN"`, `".5"`, `"5."`, `"0x1p-2"`, `"+1"`, `"-0"`, `"inf"`, `"1e300"`},
	"Boolean":  {"true", `"true"`, `"false"`, `"True"`},
	"E":        {"A", `"A"`, `"""A"""`, "B", `"B"`},
	"Json":     {`"{}"`, `"{\"a\":1}"`, `"1"`, "\"\"\" {\"a\":\n \"\\n\"} \"\"\""},
}

// value writes the type of a field of scalars, and a default.
func (a *legacyAuthor) value() {
	of := a.one("DateTime", "String", "Int", "Float", "Boolean", "E", "Json", "ID", "UUID")
	if a.choose(4) == 1 {
		a.text.WriteString("[" + of)
		a.write("!]!", "!]")
		return
	}
	a.text.WriteString(of)
	a.write("!", "")
	if texts := defaults[of]; len(texts) > 0 && a.choose(2) == 1 {
		a.space()
		a.text.WriteString("@default(value: ")
		a.write(texts...)
		a.write(")", ", x: 1)", " ) ")
	}
}

// relation writes the type of a relation field and its directives.
func (a *legacyAuthor) relation() {
	if a.choose(2) == 1 {
		a.text.WriteString("[")
		a.write(a.types...)
		a.write("!]!", "!]", "]", "]!")
	} else {
		a.write(a.types...)
		a.write("", "!")
	}
	for i := range 1 + a.choose(4) {
		a.space()
		switch choice := a.choose(5); {
		case i > 0 && choice == 0 && !a.twice("unique"):
			a.write("@unique", "@unique(a: 1)")
		case choice < 3 && !a.twice("relation"):
			a.named()
		default:
			a.place("pgRelation")
		}
	}
}

func (a *legacyAuthor) named() {
	a.text.WriteString("@relation(name: ")
	a.write(`"R"`, `"S"`, `"T"`, `"U"`, `"R"`, `"S"`, `"PostToUser"`, `"r s"`, `"é"`, `"User"`, `"user"`, `"1"`, `"""R"""`, `"AToB"`, `"UserToUser"`, `"E"`, `"x"`, `"X"`,
		`"XRelation"`, `"Relation"`, `"Fifty_four_characters_and_then_one_more_than_that_name"`)
	a.seldom(4, ", onDelete: CASCADE", ", onDelete: SET_NULL", ` onDelete:"CASCADE"`)
	a.seldom(6, `, oldName: "Q"`)
	a.write(")", ",)", " ) ")
}

// place writes where a field lies in the database, most often in the directive that counts for it.
func (a *legacyAuthor) place(usual string) {
	if !a.adopts {
		return
	}
	directive := a.one(usual, usual, usual, "pgColumn", "pgRelation", "pgRelationTable", "pgRelationTable", "pgTable")
	if a.twice(directive) {
		return
	}
	a.text.WriteString("@" + directive)
	switch directive {
	case "pgTable":
		a.write("", `(name: "x")`)
	case "pgColumn":
		a.write(`(name: "a")`, `(name: "b")`, `(name: "full name")`, `(name: "n1")`, `(name: "n2", x: 1)`, `(name: """n3""")`, `(name: "")`)
	case "pgRelation":
		a.write(`(column: "a")`, `(column: "b")`, `(column: "full name")`, `(column: "r1")`, `(column: "r2", x: 1)`, `(column: """r3""")`, `(column: "c\"x")`, `(column: "")`)
	default:
		a.write(`(table: "R"`, `(table: "_R"`, `(table: "t1"`, `(table: "t2"`, `(table: """t3"""`, `(table: "t 4"`, `(table: "_PostToUser"`, `(table: "User"`)
		a.seldom(2, `, relationColumn: "r"`, `, relationColumn: "A"`, ` relationColumn:"B"`)
		a.seldom(2, `, targetColumn: "t"`, `, targetColumn: "A"`, ` targetColumn:"B"`, `, targetColumn: "full name"`)
		a.text.WriteString(")")
	}
}
