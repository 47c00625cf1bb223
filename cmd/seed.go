package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/prisma1-go/prisma1/pkg/prismayml"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

type seedOptions struct {
	App        *App
	Definition definitionFlags

	Reset bool // delete all nodes first
}

func newSeedCmd(app *App, run func(context.Context, *seedOptions) error) *cobra.Command {
	opts := &seedOptions{App: app}
	cmd := &cobra.Command{
		Use:   "seed",
		Short: "Seed a service with data specified in the prisma.yml",
		Example: `- Fill the service as prisma.yml says
  $ prisma1 seed

- Delete all nodes first
  $ prisma1 seed --reset`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	opts.Definition.register(cmd)
	cmd.Flags().BoolVarP(&opts.Reset, "reset", "r", false, "Reset the service before seeding")
	return cmd
}

func runSeed(ctx context.Context, opts *seedOptions) error {
	file, err := opts.Definition.load(opts.App, "")
	if err != nil {
		return err
	}
	if file.Seed == nil {
		return errors.New(`In order to seed, you need to provide a "seed" property in your prisma.yml`)
	}
	t, err := opts.App.connect(file, "")
	if err != nil {
		return err
	}
	if err := t.greet(ctx, opts.App); err != nil {
		return err
	}
	if opts.Reset {
		if _, err := seedOperations(file); err != nil {
			return err
		}
		if err := reset(ctx, opts.App.Terminal, t); err != nil {
			return err
		}
	}
	return seed(ctx, opts.App.Terminal, t)
}

// seed fills a service as its definition says.
func seed(ctx context.Context, t *terminal.Terminal, to *target) error {
	operations, err := seedOperations(to.File)
	if err != nil {
		return err
	}
	source := to.File.Seed.Import + to.File.Seed.Run
	p := t.Start("Seeding based on " + t.Bold(source))
	if to.File.Seed.Run != "" {
		err = runSeedCommand(ctx, t, p, to.File)
	} else {
		err = sendAll(ctx, to, operations)
	}
	if err != nil {
		p.Abort()
		return err
	}
	p.Timed()
	return nil
}

func runSeedCommand(ctx context.Context, t *terminal.Terminal, p *terminal.Progress, file *prismayml.File) error {
	cmd, err := command(ctx, strings.Fields(file.Seed.Run), hookEnviron(file.Env.List()))
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	p.Log("")
	cmd.Stdout, cmd.Stderr = t.Out, t.Err
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("The seed command `%s` failed: %w", file.Seed.Run, err)
	}
	return nil
}

func sendAll(ctx context.Context, to *target, operations []string) error {
	service, err := to.service()
	if err != nil {
		return err
	}
	for i, operation := range operations {
		if _, err := service.Do(ctx, operation, nil); err != nil {
			return fmt.Errorf("Error while seeding from %s, operation %d of %d (%s):\n%w",
				to.File.Seed.Import, i+1, len(operations), firstLine(operation), to.explainService(err))
		}
	}
	return nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(line)
}

// seedOperations checks the seed property and reads the operations of its file; none for a command.
func seedOperations(file *prismayml.File) ([]string, error) {
	s := file.Seed
	if s.Import == "" && s.Run == "" {
		return nil, errors.New("Invalid seed property in `prisma.yml`. Please use `import` or `run` under the `seed` property. Follow the docs for more info: http://bit.ly/prisma-seed-optional")
	}
	if s.Import != "" && s.Run != "" {
		return nil, errors.New("Please provide either seed.import or seed.run but not both at the same time")
	}
	if s.Run != "" {
		return nil, nil
	}
	path := s.Import
	if !filepath.IsAbs(path) {
		path = filepath.Join(file.Dir, path)
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("Path %s does not exist", path)
	}
	if err != nil {
		return nil, err
	}
	switch filepath.Ext(path) {
	case ".graphql":
		return splitOperations(path, string(text))
	case ".zip":
		return nil, errors.New("Seeding from a .zip file comes next; use a .graphql file or `run` until then")
	}
	return nil, errors.New("Source must end with .zip or .graphql")
}

// splitOperations cuts a document into its operations, each with the fragments it uses.
// (The original dropped the fragments.)
func splitOperations(path, text string) ([]string, error) {
	document, err := parser.ParseQuery(&ast.Source{Name: path, Input: text})
	if err != nil {
		return nil, fmt.Errorf("Error while parsing %w", err)
	}
	starts := map[int]bool{}
	for _, o := range document.Operations {
		starts[o.Position.Start] = true
	}
	for _, f := range document.Fragments {
		starts[f.Position.Start] = true
	}
	runes := []rune(text)
	cut := func(from int) string {
		to := from + 1
		for to < len(runes) && !starts[to] {
			to++
		}
		return strings.TrimSpace(string(runes[from:to]))
	}
	var operations []string
	for _, o := range document.Operations {
		for _, share := range shares(o, cut(o.Position.Start)) {
			parts := []string{share.text}
			for _, f := range usedFragments(document, share.fields) {
				parts = append(parts, cut(f.Position.Start))
			}
			operations = append(operations, strings.Join(parts, "\n")+"\n")
		}
	}
	return operations, nil
}

// usedFragments are the fragments a selection spreads, directly or through others.
func usedFragments(document *ast.QueryDocument, selections ast.SelectionSet) []*ast.FragmentDefinition {
	var used []*ast.FragmentDefinition
	seen := map[string]bool{}
	var walk func(ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch s := selection.(type) {
			case *ast.Field:
				walk(s.SelectionSet)
			case *ast.InlineFragment:
				walk(s.SelectionSet)
			case *ast.FragmentSpread:
				if f := document.Fragments.ForName(s.Name); f != nil && !seen[s.Name] {
					seen[s.Name] = true
					used = append(used, f)
					walk(f.SelectionSet)
				}
			}
		}
	}
	walk(selections)
	return used
}
