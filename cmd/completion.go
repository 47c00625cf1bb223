package cmd

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// newCompletionCmd prints what lets a shell complete; it stands in for cobra's command, whose
// script for bash needs a package that not every bash has.
func newCompletionCmd(app *App) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:    "completion SHELL",
		Short:  "Print what lets bash, zsh, fish or powershell complete commands, flags, servers and services",
		Hidden: true,
		Example: `- bash: in ~/.bashrc
  source <(prisma1 completion bash)

- zsh: in ~/.zshrc
  source <(prisma1 completion zsh)

- fish
  prisma1 completion fish > ~/.config/fish/completions/prisma1.fish

- PowerShell: in the file named by $PROFILE
  prisma1 completion powershell | Out-String | Invoke-Expression`,
		Args:      exactArgs("SHELL"),
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			out, root := app.Terminal.Out, cmd.Root()
			switch args[0] {
			case "bash":
				app.Terminal.Printf("%s", bashWords)
				return root.GenBashCompletionV2(out, true)
			case "zsh":
				return root.GenZshCompletion(out)
			case "fish":
				return root.GenFishCompletion(out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(out)
			}
			return usagef("There is no completion for %q: use %s", args[0], strings.Join(shells, ", "))
		},
	}
}

// bashWords is what the script for bash needs of the package bash-completion, for a bash without it.
const bashWords = `if ! declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref()
    {
        local line="${COMP_LINE:0:COMP_POINT}"
        read -ra words <<< "$line"
        [[ "$line" == *" " ]] && words+=("")
        cword=$((${#words[@]} - 1))
        cur="${words[cword]}"
        prev="${words[cword - 1]}"
    }
fi

`

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
		completeFlag(cmd, flag, f)
	}
}

// completeFlag lets the value of a flag complete.
func completeFlag(cmd *cobra.Command, flag string, f cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err) // the command has no such flag
	}
}

// completeWords lets the value of a flag complete to one of some words.
func completeWords(cmd *cobra.Command, flag string, words ...string) {
	completeFlag(cmd, flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
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
