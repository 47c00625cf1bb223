package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

type deployOptions struct {
	App        *App
	Definition definitionFlags

	Endpoint   string // stands in for the endpoint of prisma.yml
	New        bool   // ask for another endpoint
	Force      bool   // accept data loss
	DryRun     bool
	JSON       bool
	NoSeed     bool
	NoMigrate  bool
	NoGenerate bool
	SkipHooks  bool
	Wizard     wizardFlags
	Wait       time.Duration // for a server that is still starting
}

func newDeployCmd(app *App, run func(context.Context, *deployOptions) error) *cobra.Command {
	opts := &deployOptions{App: app}
	cmd := &cobra.Command{
		Use:   "deploy",
		Short: "Deploy service changes (or new service)",
		Example: `- Deploy local changes from prisma.yml to the default service environment.
  $ prisma1 deploy

- Deploy local changes from default service file accepting potential data loss caused by schema changes
  $ prisma1 deploy --force`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	opts.Definition.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&opts.Endpoint, "endpoint", "", "Endpoint to deploy to instead of the one in prisma.yml")
	flags.BoolVarP(&opts.New, "new", "n", false, "Force interactive mode to select the cluster")
	flags.BoolVarP(&opts.Force, "force", "f", false, "Accept data loss caused by schema changes")
	flags.BoolVarP(&opts.DryRun, "dry-run", "d", false, "Perform a dry-run of the deployment")
	flags.BoolVarP(&opts.JSON, "json", "j", false, "Json Output")
	flags.BoolVar(&opts.NoSeed, "no-seed", false, "Disable seed on initial service deploy")
	flags.BoolVar(&opts.NoMigrate, "no-migrate", false, "Disable migrations. Prisma 1.26 and above needed")
	flags.BoolVar(&opts.NoGenerate, "no-generate", false, "Disable implicit client generation")
	flags.BoolVar(&opts.SkipHooks, "skip-hooks", false, "Disable hooks on deploy")
	flags.DurationVar(&opts.Wait, "wait", 0, "Wait this long for a server that is still starting, as in 30s")
	opts.Wizard.register(flags)
	app.completeWizard(cmd, "local")
	return cmd
}

func runDeploy(ctx context.Context, opts *deployOptions) error {
	if opts.JSON {
		opts.App.Terminal.NeverAsk()
	}
	file, err := opts.Definition.load(opts.App, opts.Endpoint)
	if err != nil {
		return err
	}
	secret, err := secretOf(opts.Wizard.SecretEnv, file.Env.Get)
	if err != nil {
		return err
	}
	if opts.New || file.Endpoint == "" || opts.Wizard.Server != "" {
		file, secret, err = chooseEndpoint(ctx, opts, file)
		if err != nil {
			return err
		}
	}
	t, err := opts.App.connect(file, secret)
	if err != nil {
		return err
	}
	if err := t.signIn(ctx, opts.App); err != nil {
		return err
	}
	if err := t.await(ctx, opts.App, opts.Wait); err != nil {
		return err
	}
	err = t.greet(ctx, opts.App)
	if opts.App.mayStartFor(t, err) {
		err = opts.App.offerLocal(ctx, t, err)
	}
	if err != nil {
		return err
	}
	err = newDeployment(opts, t).run(ctx)
	if t.mayLogIn(opts.App, err) {
		if err = t.offerLogin(ctx, opts.App, err); err == nil {
			err = newDeployment(opts, t).run(ctx)
		}
	}
	return t.refused(err)
}

// deployment is one deploy on its way.
type deployment struct {
	*target
	opts *deployOptions
	t    *terminal.Terminal // without results when JSON is asked for

	quiet   bool // the endpoints are printed elsewhere
	created bool // the service was not there before
	payload *client.DeployPayload
	hooks   []hookResult
	seeded  bool
}

func newDeployment(opts *deployOptions, t *target) *deployment {
	d := &deployment{target: t, opts: opts, t: opts.App.Terminal}
	if opts.JSON {
		d.t = d.t.Silent()
	}
	return d
}

func (d *deployment) run(ctx context.Context) error {
	sources, err := d.File.Sources()
	if err != nil {
		return err
	}
	if err := d.create(ctx); err != nil {
		return err
	}
	if err := d.send(ctx, prismayml.Types(sources)); err != nil {
		problem := syntaxOf(sources, err)
		if problem == nil || !d.opts.JSON {
			return placeSyntax(sources, err)
		}
		d.payload = &client.DeployPayload{Errors: []client.Problem{*problem}}
	}
	findPlaces(sources, d.payload.Errors)
	findPlaces(sources, d.payload.Warnings)
	if d.opts.JSON {
		defer d.printJSON()
	}
	if len(d.payload.Errors) > 0 {
		printProblems(d.t, d.payload.Errors)
		adviseUpgrade(d.t, sources, d.payload.Errors)
		return errShown
	}
	if err := d.printWarnings(); err != nil {
		return err
	}
	if len(d.payload.Steps) == 0 && d.payload.Migration != nil {
		d.t.Printf("The service changed, its tables did not.\n")
	} else {
		printChanges(d.t, d.payload.Steps, d.opts.DryRun)
	}
	if d.opts.DryRun {
		printStatements(d.t, d.payload.Statements)
		return nil
	}
	return d.follow(ctx)
}

// create makes the service if it is not there. A dry run makes nothing.
func (d *deployment) create(ctx context.Context) error {
	_, err := d.Server.Project(ctx, d.Endpoint.Name(), d.Endpoint.Stage)
	if err == nil {
		return nil
	}
	if !client.NoService(err) {
		return err
	}
	d.created = true
	if d.opts.DryRun {
		return nil
	}
	p := d.t.Start(fmt.Sprintf("Creating stage %s for service %s", d.t.Bold(d.Endpoint.Stage), d.t.Bold(d.Endpoint.Service)))
	err = d.Server.AddProject(ctx, d.Endpoint.Name(), d.Endpoint.Stage, d.File.Secrets)
	if client.Exists(err) { // another deploy was quicker by a moment, and seeds it
		d.created, err = false, nil
	}
	if err != nil {
		p.Abort()
		return err
	}
	p.Done()
	return nil
}

// send sends the datamodel, or works out locally what it would do to a new service.
func (d *deployment) send(ctx context.Context, types string) error {
	verb := "Deploying"
	if d.opts.DryRun {
		verb = "Performing dry run for"
	}
	p := d.t.Start(fmt.Sprintf("%s service `%s` to stage `%s` to server `%s`", verb, d.t.Bold(d.Endpoint.Service), d.t.Bold(d.Endpoint.Stage), d.t.Bold(d.Label)))
	var err error
	if d.created && d.opts.DryRun {
		d.payload, err = foresee(types, d.File.Features)
	} else {
		input := client.DeployInput{
			Name: d.Endpoint.Name(), Stage: d.Endpoint.Stage, Types: types,
			Secrets: d.File.Secrets, Subscriptions: functions(d.File.Subscriptions), Features: d.File.Features,
			Force: d.opts.Force, DryRun: d.opts.DryRun, NoMigration: d.opts.NoMigrate,
		}
		err = d.whenFree(ctx, p, func() (err error) {
			d.payload, err = d.Server.Deploy(ctx, input)
			return err
		})
	}
	if err != nil {
		p.Abort()
		return err
	}
	p.Timed()
	return nil
}

// busyPatience is how long a deploy waits for another one of the same service, unless --wait says longer.
const busyPatience = time.Minute

// whenFree repeats a call that the server refuses while somebody else deploys the service: it
// has done nothing then.
func (d *deployment) whenFree(ctx context.Context, p *terminal.Progress, call func() error) error {
	deadline := time.Now().Add(max(d.opts.Wait, busyPatience))
	for said := false; ; said = true {
		err := call()
		if !client.InProgress(err) || time.Now().After(deadline) {
			return err
		}
		if !said {
			p.Note("Another deploy of this service is under way. Waiting for its end ...")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func functions(subscriptions []prismayml.Subscription) []client.Function {
	list := []client.Function{}
	for _, s := range subscriptions {
		f := client.Function{Name: s.Name, Query: s.Query, URL: s.URL, Headers: []client.Header{}}
		for _, h := range s.Headers {
			f.Headers = append(f.Headers, client.Header{Name: h.Name, Value: h.Value})
		}
		list = append(list, f)
	}
	return list
}

// printWarnings shows what would lose data. Without --force nothing was done and the exit status
// is 1; a dry run lists the changes all the same.
func (d *deployment) printWarnings() error {
	if len(d.payload.Warnings) == 0 {
		return nil
	}
	printDataLoss(d.t, d.payload.Warnings)
	if d.opts.Force {
		d.t.Printf("\nIgnoring warnings because you provided --force.\n")
		return nil
	}
	if d.opts.DryRun {
		printChanges(d.t, d.payload.Steps, true)
		printStatements(d.t, d.payload.Statements)
	}
	d.t.Printf("\nIf you want to ignore the warnings, please deploy with the --force flag: $ %s\n", d.t.Cyan("prisma1 deploy --force"))
	d.t.Printf("Read more about deployment warnings here: https://bit.ly/prisma-force-flag\n")
	return errNeedsForce
}

// firstRevision is that of the first deploy that went through: a new service without a datamodel has
// revision 1. The original seeded a service never when its first deploy had a mistake.
const firstRevision = 2

// follow waits for the migration and runs what belongs behind it.
func (d *deployment) follow(ctx context.Context) error {
	migration := d.payload.Migration
	if migration != nil && migration.Revision > 0 {
		if err := d.wait(ctx, len(migration.Steps)); err != nil {
			return err
		}
	}
	if !d.opts.SkipHooks {
		d.hooks = runHooks(ctx, d.t, d.File)
	}
	d.tellCloud(ctx)
	if migration == nil {
		return nil
	}
	if len(d.File.Generators) > 0 && !d.opts.NoGenerate {
		d.t.Notef("\nNote: the generators in prisma.yml are passed over. Client generation comes next.\n")
	}
	if migration.Revision == firstRevision && d.File.Seed != nil && !d.opts.NoSeed {
		d.t.Printf("\nHooks:\n")
		if err := seed(ctx, d.t, d.target); err != nil {
			return err
		}
		d.seeded = true
	}
	if !d.quiet {
		printEndpoints(d.t, d.Endpoint)
	}
	return nil
}

// wait polls the migration until it is done. A rollback is a failure even without errors.
func (d *deployment) wait(ctx context.Context, steps int) error {
	p := d.t.Start("Applying changes")
	p.Show(d.t.Cyan(fmt.Sprintf("(0/%d)", steps)))
	shown := 0
	for {
		status, err := d.Server.MigrationStatus(ctx, d.Endpoint.Name(), d.Endpoint.Stage)
		if err != nil {
			p.Abort()
			return err
		}
		if len(status.Errors) > 0 || strings.HasPrefix(status.Status, "ROLL") {
			p.Abort()
			return errors.New(strings.Join(append([]string{"The Migration failed and has not been performed. This is very likely not a transient issue."}, status.Errors...), "\n"))
		}
		done := status.Done() || status.Applied == steps
		if done {
			status.Applied = steps
		}
		if status.Applied != shown {
			shown = status.Applied
			p.Show(d.t.Cyan(fmt.Sprintf("(%d/%d)", shown, steps)))
		}
		if done {
			p.Timed()
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}
