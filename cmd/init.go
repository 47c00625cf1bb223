package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/prismayml"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

type initOptions struct {
	App *App
	Dir string // "" is the working folder

	Endpoint  string // no questions: the endpoint of the new service
	Generator string // "none" or a client
	EnvFile   string
	Wizard    wizardFlags
	Database  databaseFlags
}

func newInitCmd(app *App, run func(context.Context, *initOptions) error) *cobra.Command {
	opts := &initOptions{App: app}
	cmd := &cobra.Command{
		Use:   "init [DIRNAME]",
		Short: "Initialize a new service",
		Long:  "DIRNAME    Folder to initialize in (optional)",
		Example: `- Answer questions and get the files of a service
  $ prisma1 init shop

- The same for a script: a service on the server of this machine
  $ prisma1 init shop --server local --yes

- Only the files, for a known endpoint
  $ prisma1 init --endpoint http://localhost:4466/shop/dev`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				opts.Dir = args[0]
			}
			return run(cmd.Context(), opts)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&opts.Endpoint, "endpoint", "e", "", "Initial service endpoint (optional)")
	flags.StringVar(&opts.EnvFile, "env-file", "", "Path to .env file to inject env vars")
	flags.StringVar(&opts.Generator, "generator", "", "Client to generate: typescript-client, flow-client, javascript-client, go-client or none")
	opts.Wizard.register(flags)
	app.completeWizard(cmd, "local", "hello-world", "new-database", "existing-database")
	flags.Lookup("server").Usage = "local, hello-world, new-database, existing-database, a known cluster, or a URL"
	opts.Database.register(flags)
	completeWords(cmd, "generator", "typescript-client", "flow-client", "javascript-client", "go-client", noGenerator)
	completeWords(cmd, "database", "postgres", "mysql")
	return cmd
}

// runInit writes the files of a new service. Nothing is written before all is answered, and
// no file is overwritten.
func runInit(ctx context.Context, opts *initOptions) error {
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		return err
	}
	if err := checkGenerator(opts.Generator); err != nil {
		return err
	}
	if err := noConflict(opts.App.Terminal, dir); err != nil {
		return err
	}
	found, generator := answers{Endpoint: opts.Endpoint}, cmp.Or(opts.Generator, noGenerator)
	if opts.Endpoint == "" {
		if found, generator, err = askInit(ctx, opts, dir); err != nil {
			return err
		}
	} else if _, err := prismayml.ParseEndpoint(opts.Endpoint); err != nil {
		return &usageError{err}
	}
	files := serviceFiles(found, generator)
	if err := writeService(dir, files); err != nil {
		return err
	}
	if found.Keep {
		if err := keepSecret(opts.App.Terminal, dir, found.Secret); err != nil {
			return err
		}
	}
	printCreated(opts, files, found)
	return nil
}

func askInit(ctx context.Context, opts *initOptions, dir string) (answers, string, error) {
	if !opts.App.Terminal.Interactive() && opts.Wizard.Server == "" && !opts.Wizard.Yes {
		return answers{}, "", errors.New("There is no terminal to ask on. Give --endpoint http://HOST:4466/SERVICE/STAGE, or --server, or --yes")
	}
	env, err := prismayml.LoadEnv(opts.App.Environ, ".", opts.EnvFile)
	if err != nil {
		return answers{}, "", err
	}
	w, err := opts.App.newWizard(opts.Wizard, dir, env)
	if err != nil {
		return answers{}, "", err
	}
	w.databases, w.database = true, opts.Database
	found, err := w.run(ctx)
	if err != nil {
		return answers{}, "", err
	}
	generator, err := w.generator(opts.Generator)
	if err == nil {
		err = w.start(ctx, &found)
	}
	return found, generator, err
}

const noGenerator = "none"

type generatedClient struct{ Name, Generator string }

// clients are the generators by the words of the question.
var clients = []generatedClient{
	{"Prisma TypeScript Client", "typescript-client"},
	{"Prisma Flow Client", "flow-client"},
	{"Prisma JavaScript Client", "javascript-client"},
	{"Prisma Go Client", "go-client"},
	{"Don't generate", noGenerator},
}

func checkGenerator(given string) error {
	if given == "" || slices.ContainsFunc(clients, func(c generatedClient) bool { return c.Generator == given }) {
		return nil
	}
	return usagef("--generator %q is unknown: use typescript-client, flow-client, javascript-client, go-client or none", given)
}

func (w *wizard) generator(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	if w.given.Yes || w.given.Server == "hello-world" {
		return noGenerator, nil
	}
	choices := make([]terminal.Choice, len(clients))
	for i, c := range clients {
		choices[i] = terminal.Choice{Name: c.Name}
	}
	name, err := w.ask.Select("Select the programming language for the generated Prisma client", choices)
	for _, c := range clients {
		if c.Name == name {
			return c.Generator, missingFlag(err, "generator")
		}
	}
	return "", missingFlag(err, "generator")
}

// noConflict refuses a folder that has a service already.
func noConflict(t *terminal.Terminal, dir string) error {
	var conflicts []string
	for _, name := range []string{"datamodel.prisma", "prisma.yml"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			conflicts = append(conflicts, "  "+name)
		}
	}
	if stat, err := os.Stat(dir); err == nil && !stat.IsDir() {
		return fmt.Errorf("%s is a file; prisma1 init needs a folder", dir)
	}
	if len(conflicts) == 0 {
		return nil
	}
	t.Printf("\nThe directory %s contains files that could conflict:\n\n%s\n\nEither try using a new directory name, or remove the files listed above.\n", dir, strings.Join(conflicts, "\n"))
	return errShown
}

// newFile is a file that init writes.
type newFile struct{ Name, Text, About string }

func serviceFiles(found answers, generator string) []newFile {
	definition := "endpoint: " + found.Endpoint + "\ndatamodel: datamodel.prisma\n"
	if generator != noGenerator {
		definition += "\ngenerate:\n  - generator: " + generator + "\n    output: ./generated/prisma-client/\n"
	}
	files := []newFile{
		{"prisma.yml", definition, "Prisma service definition"},
		{"datamodel.prisma", helloWorld[1].Text, "GraphQL SDL-based datamodel (foundation for database)"},
	}
	if found.Database != nil {
		if found.Database.Datamodel != "" {
			files[1].Text, files[1].About = found.Database.Datamodel, "GraphQL SDL-based datamodel (derived from existing database)"
		}
		files = append(files, newFile{"docker-compose.yml", found.Database.compose(), "Docker configuration file"})
	}
	return files
}

// writeService writes files that are not there; when one is, none of the others stays.
func writeService(dir string, files []newFile) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var written []string
	defer func() {
		if err != nil {
			for _, path := range written {
				err = errors.Join(err, os.Remove(path))
			}
		}
	}()
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		mode := os.FileMode(0o644)
		if f.Name == "docker-compose.yml" {
			mode = 0o600 // it may hold a password
		}
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if err != nil {
			return err
		}
		written = append(written, path)
		_, err = file.WriteString(f.Text)
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
	}
	return nil
}

func printCreated(opts *initOptions, files []newFile, found answers) {
	t := opts.App.Terminal
	t.Printf("\nCreated %d new files:%s\n\n", len(files), strings.Repeat(" ", 74))
	for _, f := range files {
		width := 21
		if f.Name == "datamodel.prisma" {
			width = 20 // as the original had it
		}
		t.Printf("  %-*s%s\n", width, f.Name, f.About)
	}
	t.Printf("\nNext steps:\n\n")
	step := 0
	next := func(format string, args ...any) {
		step++
		t.Printf("  %d. %s\n", step, fmt.Sprintf(format, args...))
	}
	if opts.Dir != "" {
		next("Open folder: %s", t.Cyan("cd "+opts.Dir))
	}
	if found.Database != nil {
		if found.Database.Existing && !found.Database.Migrations && found.Database.Datamodel == "" {
			next("Write the datamodel for the tables of your database into datamodel.prisma")
		}
		next("Start your Prisma server: %s", t.Cyan("docker-compose up -d"))
	}
	if strings.HasSuffix(found.Endpoint, "/hello-world/dev") && opts.Endpoint == "" {
		next("Start a server for it and watch its files: %s", t.Cyan("prisma1 dev"))
		return
	}
	next("Deploy your Prisma service: %s", t.Cyan("prisma1 deploy"))
	switch {
	case opts.Endpoint != "":
	case found.Database == nil:
		next("Read more about deploying services:\n     http://bit.ly/prisma-deploy-services")
	case found.Database.Datamodel != "":
		next("Read more about introspection:\n     http://bit.ly/prisma-introspection")
	default:
		next("Read more about Prisma server:\n     http://bit.ly/prisma-server-overview")
	}
}

// keepSecret adds the management secret to .env in dir, and .env to .gitignore. What the files
// hold already stays; a secret that is there is not doubled.
func keepSecret(t *terminal.Terminal, dir, secret string) error {
	if strings.ContainsAny(secret, "'\n") {
		return fmt.Errorf("The secret has a quote or a line break in it and cannot stand in .env. Set %s yourself", secretVariable)
	}
	if err := addLine(filepath.Join(dir, ".env"), secretVariable+"='"+secret+"'", 0o600); err != nil {
		return err
	}
	if err := addLine(filepath.Join(dir, ".gitignore"), ".env", 0o644); err != nil {
		return err
	}
	t.Printf("\nWritten %s to .env and .env to .gitignore\n", secretVariable)
	return nil
}

// addLine appends a line to a file, unless it has it.
func addLine(path, line string, mode os.FileMode) error {
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	for have := range strings.Lines(string(text)) {
		if strings.TrimSpace(have) == line {
			return nil
		}
	}
	if len(text) > 0 && !strings.HasSuffix(string(text), "\n") {
		line = "\n" + line
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, mode)
	if err != nil {
		return err
	}
	_, err = file.WriteString(line + "\n")
	return errors.Join(err, file.Close())
}
