package cmd

import (
	"context"
	"time"

	"github.com/spf13/cobra"
)

// completionPatience is how long a person waits for a completion that needs a server.
const completionPatience = time.Second

// completeWizard lets --server, --service and --stage complete by themselves.
func (app *App) completeWizard(cmd *cobra.Command, servers ...string) {
	complete := map[string]cobra.CompletionFunc{
		"server": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return append(servers, app.clusterNames()...), cobra.ShellCompDirectiveNoFileComp
		},
		"service": func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			services, _ := app.deployed(cmd.Context())
			return services, cobra.ShellCompDirectiveNoFileComp
		},
		"stage": func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			_, stages := app.deployed(cmd.Context())
			return stages, cobra.ShellCompDirectiveNoFileComp
		},
	}
	for flag, f := range complete {
		if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
			panic(err) // the command has no such flag
		}
	}
}

// clusterNames are those of ~/.prisma/config.yml.
func (app *App) clusterNames() []string {
	registry, err := app.registry()
	if err != nil {
		return nil // a completion has nowhere to say it
	}
	var names []string
	for _, c := range registry.Clusters() {
		names = append(names, c.Name)
	}
	return names
}

// deployed are the names of services and stages on all known servers that answer at once.
func (app *App) deployed(ctx context.Context) (services, stages []string) {
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithTimeout(ctx, completionPatience)
	defer cancel()
	servers, err := knownServers(app)
	if err != nil {
		return nil, nil
	}
	seen := map[string]bool{}
	add := func(kind, name string, to *[]string) {
		if !seen[kind+name] {
			seen[kind+name] = true
			*to = append(*to, name)
		}
	}
	for _, s := range servers {
		list, err := listServices(ctx, s)
		if err != nil {
			continue
		}
		for _, p := range list {
			add("service ", p.Name, &services)
			add("stage ", p.Stage, &stages)
		}
	}
	return services, stages
}

// addCompletion adds cobra's command with the script for each shell, which refuses arguments in
// our words.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			continue
		}
		for _, shell := range c.Commands() {
			shell.Args = noArgs
		}
	}
}
