package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/prisma1-go/prisma1/pkg/terminal"
)

// printHelp prints the help of the program or of a command as the original did.
func printHelp(t *terminal.Terminal, cmd *cobra.Command) {
	if cmd.HasParent() {
		printCommandHelp(t, cmd)
		return
	}
	t.Printf("\nPrisma replaces traditional ORMs (https://www.prisma.io)\n    \nUsage: prisma1 COMMAND\n")
	for _, group := range cmd.Groups() {
		t.Printf("\n%s\n", t.Bold(group.Title))
		for _, c := range cmd.Commands() {
			if c.GroupID == group.ID && !c.Hidden {
				t.Beside(fmt.Sprintf("%16s  ", c.Name()), c.Short)
			}
		}
	}
	t.Printf("\nFlags of all commands:\n")
	labels, descriptions := flagLines(cmd.PersistentFlags())
	for i, label := range labels {
		t.Beside(fmt.Sprintf("%24s    ", label), descriptions[i])
	}
	t.Text(`
Use prisma1 help [command] for more information about a command.

Examples:

- Initialize files for a new Prisma service
  $ prisma1 init

- Start a server for the service in this folder and deploy it whenever a file is saved
  $ prisma1 dev

- Deploy service changes (or new service)
  $ prisma1 deploy
`)
}

func printCommandHelp(t *terminal.Terminal, cmd *cobra.Command) {
	usage := "Usage: " + cmd.CommandPath()
	if _, args, found := strings.Cut(cmd.Use, " "); found {
		usage += " " + args
	}
	labels, descriptions := flagLines(cmd.LocalFlags())
	if len(labels) > 0 {
		usage += " [flags]"
	}
	t.Printf("%s\n\n", usage)
	t.Text(t.Bold(cmd.Short))
	if cmd.Long != "" {
		t.Printf("\n")
		t.Text(cmd.Long)
	}
	if len(cmd.Aliases) > 0 {
		t.Printf("\nAliases:\n")
		for _, alias := range cmd.Aliases {
			t.Printf("  $ prisma1 %s\n", alias)
		}
	}
	printSubcommands(t, cmd)
	printFlags(t, labels, descriptions)
	if cmd.Example != "" {
		t.Printf("\nExamples:\n\n")
		t.Text(cmd.Example)
	}
}

func printSubcommands(t *terminal.Terminal, cmd *cobra.Command) {
	if !cmd.HasAvailableSubCommands() {
		return
	}
	t.Printf("\nCommands:\n")
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			t.Beside(fmt.Sprintf("%16s  ", c.Name()), c.Short)
		}
	}
}

func printFlags(t *terminal.Terminal, labels, descriptions []string) {
	if len(labels) == 0 {
		return
	}
	t.Printf("\nFlags:\n")
	longest := 0
	for _, label := range labels {
		longest = max(longest, len(label))
	}
	for i, label := range labels {
		t.Beside(fmt.Sprintf(" %*s    ", longest, label), descriptions[i])
	}
}

// flagLines are the flags with a short form, then the others, each by name.
func flagLines(flags *pflag.FlagSet) (labels, descriptions []string) {
	for _, short := range []bool{true, false} {
		flags.VisitAll(func(f *pflag.Flag) {
			if f.Hidden || f.Name == "help" || (f.Shorthand != "") != short {
				return
			}
			label := "--" + f.Name
			if short {
				label = fmt.Sprintf("-%s, %s", f.Shorthand, label)
			}
			if f.Value.Type() != "bool" {
				label += " " + strings.ToUpper(f.Name)
			}
			labels = append(labels, label)
			descriptions = append(descriptions, f.Usage)
		})
	}
	return labels, descriptions
}
