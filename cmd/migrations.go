package cmd

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/client"
)

func newMigrationsCmd(app *App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "migrations COMMAND",
		Short: "Look at the deploys of a service, unstick one",
		Example: `- What was deployed, and how that went
  $ prisma1 migrations list

- The steps and errors of revision 7
  $ prisma1 migrations show 7

- End a deploy that hangs
  $ prisma1 migrations resolve`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(newMigrationsListCmd(app, runMigrationsList), newMigrationsShowCmd(app, runMigrationsShow), newMigrationsResolveCmd(app, runMigrationsResolve))
	return cmd
}

type migrationsOptions struct {
	App        *App
	Definition definitionFlags

	JSON     bool
	Revision int  // of show
	Yes      bool // of resolve: do not ask
}

// jsonMigration is what the commands below print with --json. Keys are only ever added.
type jsonMigration struct {
	Revision   int        `json:"revision"`
	Status     string     `json:"status"`
	Applied    int        `json:"applied"`
	Steps      []jsonStep `json:"steps"`
	Errors     []string   `json:"errors"`
	StartedAt  *time.Time `json:"startedAt,omitempty"`
	FinishedAt *time.Time `json:"finishedAt,omitempty"`
	Datamodel  string     `json:"datamodel,omitempty"` // of show
}

func describeMigration(r client.Record) jsonMigration {
	m := jsonMigration{
		Revision: r.Revision, Status: r.Status.Status, Applied: r.Applied, Steps: []jsonStep{},
		Errors: append([]string{}, r.Errors...), StartedAt: r.StartedAt, FinishedAt: r.FinishedAt,
	}
	for _, s := range r.Steps {
		m.Steps = append(m.Steps, jsonStep(s))
	}
	return m
}

func describeMigrations(records []client.Record) []jsonMigration {
	list := []jsonMigration{}
	for _, r := range records {
		list = append(list, describeMigration(r))
	}
	return list
}

func newMigrationsListCmd(app *App, run func(context.Context, *migrationsOptions) error) *cobra.Command {
	opts := &migrationsOptions{App: app}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the deploys of a service, newest first",
		Example: `- All deploys of the service in this folder
  $ prisma1 migrations list`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	opts.Definition.register(cmd)
	cmd.Flags().BoolVarP(&opts.JSON, "json", "j", false, "Json Output")
	return cmd
}

// history connects to the server of the service and reads its history.
func (opts *migrationsOptions) history(ctx context.Context) (*target, []client.Record, error) {
	t, err := opts.Definition.target(opts.App)
	if err != nil {
		return nil, nil, err
	}
	if err := t.signIn(ctx, opts.App); err != nil {
		return nil, nil, err
	}
	if err := t.greet(ctx, opts.App); err != nil {
		return nil, nil, err
	}
	records, err := t.Server.Records(ctx, t.Endpoint.Name(), t.Endpoint.Stage)
	if err == nil && len(records) == 0 {
		err = fmt.Errorf("there is no service %s on stage %s yet", t.Endpoint.Service, t.Endpoint.Stage)
	}
	return t, records, t.refused(err)
}

func runMigrationsList(ctx context.Context, opts *migrationsOptions) error {
	_, records, err := opts.history(ctx)
	if err != nil {
		return err
	}
	if opts.JSON {
		return printJSON(opts.App.Terminal, describeMigrations(records))
	}
	printMigrations(opts.App, records)
	return nil
}

func printMigrations(app *App, records []client.Record) {
	var rows [][]string
	for _, r := range records {
		rows = append(rows, []string{
			strconv.Itoa(r.Revision), r.Status.Status, fmt.Sprintf("%d/%d", r.Applied, len(r.Steps)), when(r.StartedAt), took(r), brief(r.Errors),
		})
	}
	app.Terminal.Table([]string{"Revision", "Status", "Steps", "Started", "Took", "Error"}, rows)
}

func when(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format(time.DateTime) + " UTC"
}

func took(r client.Record) string {
	if r.StartedAt == nil || r.FinishedAt == nil {
		return ""
	}
	return max(r.FinishedAt.Sub(*r.StartedAt), 0).Round(time.Millisecond).String()
}

// brief is the beginning of the first error; show has all.
func brief(errors []string) string {
	if len(errors) == 0 {
		return ""
	}
	line, _, _ := strings.Cut(errors[0], "\n")
	if letters := []rune(line); len(letters) > 80 {
		return string(letters[:79]) + "…"
	}
	return line
}

func newMigrationsShowCmd(app *App, run func(context.Context, *migrationsOptions) error) *cobra.Command {
	opts := &migrationsOptions{App: app}
	cmd := &cobra.Command{
		Use:   "show REVISION",
		Short: "Show the steps and errors of one deploy",
		Example: `- What revision 7 changed
  $ prisma1 migrations show 7`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if len(args) != 1 {
				return usagef("expected one revision, as `prisma1 migrations list` numbers them")
			}
			if opts.Revision, err = strconv.Atoi(args[0]); err != nil {
				return usagef("%q is no revision: it is a number, see `prisma1 migrations list`", args[0])
			}
			return run(cmd.Context(), opts)
		},
	}
	opts.Definition.register(cmd)
	cmd.Flags().BoolVarP(&opts.JSON, "json", "j", false, "Json Output")
	return cmd
}

func runMigrationsShow(ctx context.Context, opts *migrationsOptions) error {
	t, records, err := opts.history(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(records, func(r client.Record) bool { return r.Revision == opts.Revision })
	if i < 0 {
		return fmt.Errorf("service %s on stage %s has no revision %d; its newest is %d", t.Endpoint.Service, t.Endpoint.Stage, opts.Revision, records[0].Revision)
	}
	r := records[i]
	if opts.JSON {
		m := describeMigration(r)
		m.Datamodel = r.Datamodel
		return printJSON(opts.App.Terminal, m)
	}
	out := opts.App.Terminal
	out.Printf("%s of %s@%s: %s, %d of %d steps\n", out.Bold(fmt.Sprintf("Revision %d", r.Revision)), t.Endpoint.Service, t.Endpoint.Stage, r.Status.Status, r.Applied, len(r.Steps))
	if r.StartedAt != nil {
		out.Printf("Started %s, took %s\n", when(r.StartedAt), took(r))
	}
	for _, text := range r.Errors {
		out.Printf("\n%s %s\n", out.Red("✖"), text)
	}
	if len(r.Steps) > 0 {
		printChanges(out, r.Steps, r.Status.Status != "SUCCESS")
	}
	return nil
}
