package cmd

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

// printProblems shows what is wrong with a datamodel, by type.
func printProblems(t *terminal.Terminal, problems []client.Problem) {
	t.Printf("\n%s\n", t.Red("Errors:"))
	printByType(t, problems, t.Red("✖"))
	t.Printf("\nDeployment canceled. Please fix the above errors to continue deploying.\n")
	t.Printf("Read more about deployment errors here: https://bit.ly/prisma-force-flag\n")
}

// printDataLoss shows what a deploy would lose, by type.
func printDataLoss(t *terminal.Terminal, warnings []client.Problem) {
	t.Printf("\n%s\n", t.Yellow("Warnings:"))
	printByType(t, warnings, t.Yellow("!"))
}

func printByType(t *terminal.Terminal, problems []client.Problem, mark string) {
	groups := newGroups()
	for _, p := range problems {
		line := mark + " " + p.Description
		if p.Field != "" && !strings.Contains(p.Description, "`"+p.Field+"`") {
			line = fmt.Sprintf("%s `%s`: %s", mark, p.Field, p.Description)
		}
		if p.File != "" {
			line += " " + t.Dim(fmt.Sprintf("(%s:%d:%d)", p.File, p.Line, p.Column))
		}
		groups.add(p.Type, line)
	}
	for _, name := range groups.names {
		t.Printf("\n  %s\n", t.Bold(name))
		for _, line := range groups.lines[name] {
			t.Printf("    %s\n", line)
		}
	}
}

// groups are lines under names, in the order in which the names come first.
type groups struct {
	names []string
	lines map[string][]string
}

func newGroups() *groups { return &groups{lines: map[string][]string{}} }

func (g *groups) add(name string, lines ...string) {
	if _, there := g.lines[name]; !there {
		g.names = append(g.names, name)
	}
	g.lines[name] = append(g.lines[name], lines...)
}

// printChanges shows the steps of a migration: types, then enums, then relations.
func printChanges(t *terminal.Terminal, steps []client.Step, dryRun bool) {
	types, enums, relations := newGroups(), newGroups(), newGroups()
	newNames := map[string]string{} // of models
	for _, s := range steps {
		if s.Type == "UpdateModel" && renamed(s) {
			newNames[s.Name] = s.NewName
		}
	}
	var silent []client.Step
	for _, s := range steps {
		switch {
		case s.Type == "UpdateModel" && !renamed(s):
			silent = append(silent, s)
		case strings.HasSuffix(s.Type, "Enum"):
			enums.add(s.Name, enumLine(t, s))
		case strings.HasSuffix(s.Type, "Relation"):
			relations.add(s.Name, relationLines(t, s, newNames)...)
		case strings.HasSuffix(s.Type, "Field"):
			types.add(s.Model, fieldLine(t, s))
		case strings.HasSuffix(s.Type, "Model"):
			types.add(s.Name, modelLine(t, s))
		}
	}
	for _, s := range silent { // such a step is there for every model with another change, too
		if _, shown := types.lines[s.Name]; !shown {
			types.add(s.Name, modelLine(t, s))
		}
	}
	if len(types.names)+len(enums.names)+len(relations.names) == 0 {
		if dryRun {
			t.Printf("There are no changes.\n")
		} else {
			t.Printf("Service is already up to date.\n")
		}
		return
	}
	if dryRun {
		t.Printf("\n%s\n", t.Bold("Potential changes:"))
	} else {
		t.Printf("\n%s\n", t.Bold("Changes:"))
	}
	printGroups(t, types, "Type")
	printGroups(t, enums, "Enum")
	printGroups(t, relations, "Relation")
	if !dryRun {
		t.Printf("\n")
	}
}

func printGroups(t *terminal.Terminal, g *groups, kind string) {
	for _, name := range g.names {
		t.Printf("\n  %s (%s)\n", t.Bold(name), kind)
		for _, line := range g.lines[name] {
			t.Printf("  %s\n", line)
		}
	}
}

func modelLine(t *terminal.Terminal, s client.Step) string {
	switch {
	case s.Type == "CreateModel":
		return fmt.Sprintf("%s Created type `%s`", t.Green("+"), s.Name)
	case s.Type == "DeleteModel":
		return fmt.Sprintf("%s Deleted type `%s`", t.Red("-"), s.Name)
	case renamed(s):
		return fmt.Sprintf("%s Renamed type `%s` to `%s`", t.Yellow("~"), s.Name, s.NewName)
	}
	return fmt.Sprintf("%s Updated type `%s`", t.Yellow("~"), s.Name)
}

func renamed(s client.Step) bool { return s.NewName != "" && s.NewName != s.Name }

func enumLine(t *terminal.Terminal, s client.Step) string {
	switch {
	case s.Type == "CreateEnum":
		return fmt.Sprintf("%s Created enum %s with values %s", t.Green("+"), s.Name, quotedList(s.Values))
	case s.Type == "DeleteEnum":
		return fmt.Sprintf("%s Deleted enum %s", t.Red("-"), s.Name)
	case renamed(s):
		return fmt.Sprintf("%s Renamed enum %s to %s", t.Yellow("~"), s.Name, s.NewName)
	}
	line := fmt.Sprintf("%s Updated enum %s", t.Yellow("~"), s.Name)
	if len(s.Values) > 0 {
		line += ". Its values are now " + quotedList(s.Values)
	}
	return line
}

func quotedList(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = "`" + v + "`"
	}
	return strings.Join(quoted, ", ")
}

func fieldLine(t *terminal.Terminal, s client.Step) string {
	switch s.Type {
	case "CreateField":
		return fmt.Sprintf("%s Created field `%s` of type `%s`", t.Green("+"), s.Name, fieldType(s))
	case "DeleteField":
		return fmt.Sprintf("%s Deleted field `%s`", t.Red("-"), s.Name)
	}
	line := fmt.Sprintf("%s Updated field `%s`", t.Yellow("~"), s.Name)
	if changes := fieldChanges(s); len(changes) > 0 {
		return line + ". It " + strings.Join(changes, ", ") + "."
	}
	return line
}

func fieldType(s client.Step) string {
	name := s.TypeName
	if s.Enum != "" {
		name = s.Enum
	}
	if isTrue(s.IsList) {
		return "[" + name + "!]!"
	}
	if isTrue(s.IsRequired) {
		return name + "!"
	}
	return name
}

func fieldChanges(s client.Step) []string {
	var changes []string
	either := func(value *bool, yes, no string) {
		if value != nil && *value {
			changes = append(changes, yes)
		} else if value != nil {
			changes = append(changes, no)
		}
	}
	if renamed(s) {
		changes = append(changes, "was renamed to `"+s.NewName+"`")
	}
	either(s.IsRequired, "became required", "is not required anymore")
	either(s.IsList, "became a list", "is not a list anymore")
	either(s.IsUnique, "became unique", "is not unique anymore")
	switch {
	case s.Enum != "":
		changes = append(changes, "now uses enum "+s.Enum)
	case s.TypeName != "":
		changes = append(changes, "now has the type "+s.TypeName)
	}
	if value := innerValue.FindStringSubmatch(s.Default); value != nil {
		changes = append(changes, "got default value `"+value[1]+"`")
	}
	return changes
}

// innerValue is how servers write a default: IntGCValue(7).
var innerValue = regexp.MustCompile(`^\w+GCValue\((.*)\)$`)

func isTrue(value *bool) bool { return value != nil && *value }

// relationLines tells what became of a relation. newNames are those of renamed models.
func relationLines(t *terminal.Terminal, s client.Step, newNames map[string]string) []string {
	switch s.Type {
	case "DeleteRelation":
		return []string{t.Red("-") + " Deleted relation"}
	case "CreateRelation":
		return createdRelation(t.Green("+"), s)
	}
	var lines []string
	if renamed(s) {
		lines = append(lines, fmt.Sprintf("%s Renamed relation `%s` to `%s`", t.Yellow("~"), s.Name, s.NewName))
	}
	if s.Before != nil && s.After != nil {
		lines = append(lines, linkLines(t, *s.Before, *s.After, newNames)...)
	}
	if len(lines) == 0 {
		return []string{t.Yellow("~") + " Updated relation"}
	}
	return lines
}

// linkLines tells how the links of a relation lie in the database now, if that is new.
func linkLines(t *terminal.Terminal, before, after client.Manifestation, newNames map[string]string) []string {
	if before.Type == "LinkTable" && after.Type == "LinkTable" {
		return linkTableLines(t, before, after)
	}
	if before.Type == after.Type && cmp.Or(newNames[before.Model], before.Model) == after.Model {
		if before.Column == after.Column {
			return nil
		}
		return []string{fmt.Sprintf("%s The inline relation is in the column `%s` of table `%s` now", t.Yellow("~"), after.Column, after.Model)}
	}
	removed := fmt.Sprintf("%s Removed an inline relation in the column `%s` of table `%s`", t.Red("-"), before.Column, before.Model)
	if before.Type == "LinkTable" {
		removed = fmt.Sprintf("%s Link Table `%s` has been removed", t.Red("-"), before.Table)
	}
	created := fmt.Sprintf("%s Created an inline relation in the column `%s` of table `%s`", t.Green("+"), after.Column, after.Model)
	if after.Type == "LinkTable" {
		created = fmt.Sprintf("%s Link Table `%s` has been created", t.Green("+"), after.Table)
	}
	return []string{removed, created}
}

func linkTableLines(t *terminal.Terminal, before, after client.Manifestation) []string {
	var lines []string
	if before.Table != after.Table {
		lines = append(lines, fmt.Sprintf("%s Link Table `%s` has been renamed to `%s`", t.Yellow("~"), before.Table, after.Table))
	}
	if before.IDColumn != "" && after.IDColumn == "" {
		lines = append(lines, fmt.Sprintf("%s The id column `%s` in link table `%s` has been removed.", t.Red("-"), before.IDColumn, before.Table),
			"  It was a Prisma legacy column that is not in use anymore.")
	}
	return lines
}

func createdRelation(plus string, s client.Step) []string {
	switch {
	case s.After == nil:
		return nil
	case s.After.Type == "LinkTable":
		return []string{fmt.Sprintf("%s Link Table `%s` between `%s` and `%s` has been created", plus, s.After.Table, s.LeftModel, s.RightModel)}
	}
	return []string{fmt.Sprintf("%s Created an inline relation between `%s` and `%s` in the column `%s` of table `%s`", plus, s.LeftModel, s.RightModel, s.After.Column, s.After.Model)}
}

// printStatements shows the SQL of a dry run, each step's under its name.
func printStatements(t *terminal.Terminal, statements []client.Statement) {
	if len(statements) == 0 {
		return
	}
	t.Printf("\nSQL:\n")
	step := ""
	for _, s := range statements {
		if s.Step != step {
			step = s.Step
			t.Printf("\n  %s\n", t.Dim("-- "+step))
		}
		t.Printf("  %s;\n", strings.ReplaceAll(strings.TrimRight(s.SQL, "; \n"), "\n", "\n  "))
	}
}

// printEndpoints shows where a service can be reached.
func printEndpoints(t *terminal.Terminal, e prismayml.Endpoint) {
	t.Printf("\n%s\n\n  HTTP:  %s\n  WS:    %s\n", t.Bold("Your Prisma endpoint is live:"), e.HTTP(), e.WebSocket())
	t.Printf("\nYou can view & edit your data here:\n\n  Playground: %s\n\n", e.HTTP())
}

func printJSON(t *terminal.Terminal, value any) error {
	encoder := json.NewEncoder(t.Out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
