package cmd

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
	"github.com/prisma1-go/prisma1/pkg/schema"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

// checkSources prints everything that is wrong with the datamodel as file:line:column, which
// editors understand. The server would refuse it too, but it knows no files.
func (s *devSession) checkSources(file *prismayml.File) error {
	sources, err := file.Sources()
	if err != nil {
		return err
	}
	document, syntax := datamodel.Parse(prismayml.Types(sources))
	if syntax != nil {
		message := syntax.Hint
		if message == "" {
			message = syntax.Message
		}
		s.t.Notef("\n%s: %s\n", place(sources, syntax.Line, syntax.Column), s.t.Red(message))
		return s.kept()
	}
	rules := s.server.Rules()
	rules.Features, _ = schema.ParseFeatures(file.Features)
	problems := document.After(nil).Check(rules)
	if len(problems) == 0 {
		return nil
	}
	printPlaced(s.t, sources, problems)
	return s.kept()
}

// printPlaced prints problems with the places in the files where they are.
func printPlaced(t *terminal.Terminal, sources []prismayml.Source, problems []datamodel.Problem) {
	t.Notef("\n")
	for _, p := range problems {
		name := p.Type
		if p.Field != "" {
			name += "." + p.Field
		}
		t.Notef("%s: %s: %s\n", place(sources, p.Line, p.Column), t.Bold(name), t.Red(p.Description))
	}
}

// kept says what becomes of the service after a broken save.
func (s *devSession) kept() error {
	if s.service != "" {
		s.t.Notef("\nNothing was deployed. The service as it was before runs on at %s\n", s.service)
	} else {
		s.t.Notef("\nNothing was deployed. Save the datamodel without these problems to deploy it.\n")
	}
	return errShown
}

func place(sources []prismayml.Source, line, column int) string {
	path, line := prismayml.Locate(sources, line)
	return fmt.Sprintf("%s:%d:%d", nearPath(path), line, column)
}

// nearPath is a path as seen from here, where that is shorter.
func nearPath(path string) string {
	dir, err := os.Getwd()
	if err != nil {
		return path
	}
	near, err := filepath.Rel(dir, path)
	if err != nil || len(near) >= len(path) {
		return path
	}
	return near
}
