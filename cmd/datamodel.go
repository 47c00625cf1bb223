package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
	"github.com/prisma1-go/prisma1/pkg/schema"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

func newDatamodelCmd(app *App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "datamodel COMMAND",
		Short: "Work on the datamodel of this folder",
		Example: `- Rewrite a datamodel of Prisma 1.30 and older
  $ prisma1 datamodel upgrade`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(newDatamodelUpgradeCmd(app, runDatamodelUpgrade))
	return cmd
}

type datamodelUpgradeOptions struct {
	App        *App
	Definition definitionFlags

	Yes    bool // do not ask
	DryRun bool
}

func newDatamodelUpgradeCmd(app *App, run func(context.Context, *datamodelUpgradeOptions) error) *cobra.Command {
	opts := &datamodelUpgradeOptions{App: app}
	cmd := &cobra.Command{
		Use:   "upgrade",
		Short: "Rewrite a datamodel 1.0 as 1.1",
		Long: `Rewrites the datamodel of Prisma 1.30 and older as datamodel 1.1 with the same meaning: a deploy
of it changes no table. Comments and the order of everything stay as they are. Fields that every type
had without naming them (id, createdAt, updatedAt) are written out, and each relation gets a type with
@relationTable that describes its table.`,
		Example: `- Overwrite the files, after a question
  $ prisma1 datamodel upgrade

- Look at the new text first
  $ prisma1 datamodel upgrade --dry-run`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	opts.Definition.register(cmd)
	flags := cmd.Flags()
	flags.BoolVarP(&opts.Yes, "yes", "y", false, "Overwrite the files without asking")
	flags.BoolVarP(&opts.DryRun, "dry-run", "d", false, "Print the new datamodel and write nothing")
	return cmd
}

func runDatamodelUpgrade(_ context.Context, opts *datamodelUpgradeOptions) error {
	file, err := opts.Definition.load(opts.App, "")
	if err != nil {
		return err
	}
	sources, err := file.Sources()
	if err != nil {
		return err
	}
	t := opts.App.Terminal
	features, _ := schema.ParseFeatures(file.Features) // unknown ones are told by deploy
	edits, problems, syntax := datamodel.Upgrade(prismayml.Types(sources), features...)
	if syntax != nil {
		return fmt.Errorf("%s: %s", place(sources, syntax.Line, syntax.Column), syntax.Hint)
	}
	if len(problems) > 0 {
		printPlaced(t, sources, problems)
		t.Notef("\nNothing was written. Upgrade again when these are mended.\n")
		return errShown
	}
	if len(edits) == 0 {
		t.Notef("The datamodel is version 1.1 already.\n")
		return nil
	}
	upgraded := applyEdits(sources, edits)
	if opts.DryRun {
		fmt.Fprint(t.Out, prismayml.Types(upgraded))
		return nil
	}
	return writeUpgraded(opts, sources, upgraded)
}

// applyEdits does the edits of the joined text in the files that it was joined of.
func applyEdits(sources []prismayml.Source, edits []datamodel.Edit) []prismayml.Source {
	upgraded := make([]prismayml.Source, len(sources))
	start := 0
	for i, s := range sources {
		end := start + len(s.Text)
		var own []datamodel.Edit
		for _, e := range edits {
			last := i == len(sources)-1 && e.Start > end
			if last {
				e = datamodel.Edit{Start: end, End: end, Text: lineEnd(s.Text) + e.Text}
			}
			if last || e.Start >= start && e.Start <= end {
				own = append(own, datamodel.Edit{Start: e.Start - start, End: e.End - start, Text: e.Text})
			}
		}
		upgraded[i] = prismayml.Source{Path: s.Path, Text: datamodel.Apply(s.Text, own)}
		start = end + 1
	}
	return upgraded
}

// lineEnd is what a text lacks to end with a whole line.
func lineEnd(text string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return ""
	}
	return "\n"
}

func writeUpgraded(opts *datamodelUpgradeOptions, before, after []prismayml.Source) error {
	t := opts.App.Terminal
	var paths []string
	for i, s := range after {
		if s.Text != before[i].Text {
			paths = append(paths, nearPath(s.Path))
		}
	}
	names := strings.Join(paths, ", ")
	if !opts.Yes {
		sure, err := t.Confirm(fmt.Sprintf("Overwrite %s with datamodel 1.1?", names), false)
		if errors.Is(err, terminal.ErrNoTerminal) {
			return errors.New("There is no terminal to confirm this on. Use --yes to overwrite the datamodel without asking, or --dry-run to see it")
		}
		if err != nil || !sure {
			return err
		}
	}
	for i, s := range after {
		if s.Text == before[i].Text {
			continue
		}
		if err := s.Write(); err != nil {
			return err
		}
	}
	t.Printf("Upgraded %s to datamodel 1.1. It means the same; prisma1 deploy changes no table.\n", names)
	return nil
}
