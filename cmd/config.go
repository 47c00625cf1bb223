package cmd

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/prisma1-go/prisma1/pkg/prismayml"
)

type configOptions struct {
	App   *App
	Flags *pflag.FlagSet

	EnvFile string
	JSON    bool
}

func newConfigCmd(app *App, run func(context.Context, *configOptions) error) *cobra.Command {
	opts := &configOptions{App: app}
	cmd := &cobra.Command{
		Use:   "config",
		Short: "List the settings and where each comes from",
		Example: `- See why a setting is what it is
  $ prisma1 config`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	opts.Flags = cmd.Flags()
	opts.Flags.StringVarP(&opts.EnvFile, "env-file", "e", "", "Path to .env file to inject env vars")
	opts.Flags.BoolVarP(&opts.JSON, "json", "j", false, "Json Output")
	return cmd
}

// setting is an element of what `config --json` prints. Keys are only ever added.
type setting struct {
	Name   string `json:"name"`
	Value  string `json:"value"`  // "" when not set; secrets are masked
	Source string `json:"source"` // "flag --x", "environment X", a file, or "default"
}

// mask stands for a secret, of whatever length.
const mask = "********"

func runConfig(_ context.Context, opts *configOptions) error {
	registry, err := opts.App.registry()
	if err != nil {
		return err
	}
	env, err := prismayml.LoadEnv(opts.App.Environ, ".", opts.EnvFile)
	if err != nil {
		return err
	}
	settings, err := settingsOf(opts.Flags, registry.Path())
	if err != nil {
		return err
	}
	settings = append(settings, variables(env)...)
	key := setting{Name: "cloudSessionKey", Source: "default"}
	if registry.SessionKey() != "" {
		key.Value, key.Source = mask, registry.Path()
	}
	if env.Get("PRISMA_CLOUD_SESSION_KEY") != "" {
		key.Value, key.Source = mask, "environment PRISMA_CLOUD_SESSION_KEY"
	}
	cloud := setting{"cloudEndpoint", prismayml.WithoutPassword(registry.CloudEndpoint()), "default"}
	if cloud.Value != "" {
		cloud.Source = registry.Path()
	}
	if address := opts.App.Getenv(cloudVariable); address != "" {
		cloud.Value, cloud.Source = prismayml.WithoutPassword(address), "environment "+cloudVariable
	}
	settings = append(settings, cloud, key)
	for _, c := range registry.Clusters() {
		settings = append(settings, setting{"clusters." + c.Name + ".host", prismayml.WithoutPassword(c.Host), registry.Path()})
		if c.Secret != "" {
			settings = append(settings, setting{"clusters." + c.Name + ".clusterSecret", mask, registry.Path()})
		}
	}
	if opts.JSON {
		return printJSON(opts.App.Terminal, settings)
	}
	rows := make([][]string, len(settings))
	for i, s := range settings {
		rows[i] = []string{s.Name, s.Value, s.Source}
	}
	opts.App.Terminal.Table([]string{"Setting", "Value", "Source"}, rows)
	return nil
}

// variables are the settings that are variables only, of the environment or the .env file.
func variables(env *prismayml.Env) []setting {
	var list []setting
	for _, v := range []struct {
		Name   string
		Secret bool
	}{
		{secretVariable, true}, {keyVariable, true}, {"PRISMA_MANAGEMENT_API_ENDPOINT", false},
		{"HTTP_PROXY", false}, {"HTTPS_PROXY", false}, {"NO_PROXY", false}, {"NO_COLOR", false}, {"CI", false},
	} {
		s := setting{Name: v.Name, Value: prismayml.WithoutPassword(env.Get(v.Name)), Source: "default"}
		if s.Value != "" {
			s.Source = env.Source(v.Name)
		}
		if s.Value != "" && v.Secret {
			s.Value = mask
		}
		list = append(list, s)
	}
	return list
}
