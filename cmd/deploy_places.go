package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

// findPlaces says of each problem where in the files it stands. It is found here, since a server
// knows no files and one of Prisma 1 no lines.
func findPlaces(sources []prismayml.Source, problems []client.Problem) {
	document, syntax := datamodel.Parse(prismayml.Types(sources))
	if syntax != nil || len(problems) == 0 {
		return
	}
	known := document.After(nil).Check(datamodel.Rules{IntIDs: true, UUIDs: true, Sequences: true})
	for i, p := range problems {
		line, column, found := document.Place(p.Type, p.Field)
		if j := slices.IndexFunc(known, func(k datamodel.Problem) bool {
			return k.Type == p.Type && k.Field == p.Field && k.Description == p.Description
		}); j >= 0 {
			line, column, found = known[j].Line, known[j].Column, true
		}
		if !found {
			continue
		}
		path, line := prismayml.Locate(sources, line)
		problems[i].File, problems[i].Line, problems[i].Column = nearPath(path), line, column
	}
}

// adviseUpgrade tells who deploys a datamodel 1.0 where 1.1 is expected what to do: the errors speak
// of every type and never of the version.
func adviseUpgrade(t *terminal.Terminal, sources []prismayml.Source, problems []client.Problem) {
	document, syntax := datamodel.Parse(prismayml.Types(sources))
	if syntax != nil || !document.Unmarked() {
		return
	}
	if slices.ContainsFunc(problems, func(p client.Problem) bool {
		return strings.Contains(p.Description, "the id field with the `@id` directive")
	}) {
		t.Notef("\nThis looks like a datamodel 1.0, of Prisma 1.30 and older. `prisma1 datamodel upgrade` rewrites it as 1.1.\n")
	}
}

// syntaxOf is where reading the datamodel ended, and why, when that is what err is about; else nil.
func syntaxOf(sources []prismayml.Source, err error) *client.Problem {
	answered, _ := errors.AsType[client.Errors](err)
	_, foreseen := errors.AsType[*datamodel.SyntaxError](err)
	if answered.Code() != int(fault.DatamodelSyntax) && !foreseen {
		return nil
	}
	_, syntax := datamodel.Parse(prismayml.Types(sources))
	if syntax == nil {
		return nil
	}
	path, line := prismayml.Locate(sources, syntax.Line)
	return &client.Problem{Type: "Global", Description: syntax.Hint, File: nearPath(path), Line: line, Column: syntax.Column}
}

// placeSyntax puts the place where reading the datamodel ended before what is said about it.
func placeSyntax(sources []prismayml.Source, err error) error {
	if p := syntaxOf(sources, err); p != nil {
		return fmt.Errorf("%s:%d:%d: %s\n%w", p.File, p.Line, p.Column, p.Description, err)
	}
	return err
}
