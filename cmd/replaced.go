package cmd

import (
	"errors"

	"github.com/spf13/cobra"
)

// replaced are commands of old that the original already answered with the one to use now.
var replaced = map[string][]struct{ name, message string }{
	"prisma1": {
		{"push", "The push command has been replaced by the deploy command.\nGet more info with prisma1 deploy --help"},
		{"logs", "The logs command has been replaced by the local logs command.\nGet more info with prisma1 local logs --help"},
	},
	"cluster": {
		{"info", "The cluster info command has been replaced by the cluster list command and by prisma1 doctor."},
		{"logs", "The cluster logs command has been replaced by the local logs command."},
	},
	"local": {
		{"up", "The local up command has been replaced by the local start command."},
		{"down", "The local down command has been replaced by the local stop command."},
		{"ps", "The local ps command has been replaced by the local status command."},
		{"upgrade", "The local server is this program: a newer prisma1 is a newer server, once it has been stopped and started."},
		{"nuke", "The local nuke command is gone. Stop the server with prisma1 local stop, then remove the folder ~/.prisma/local."},
	},
}

// addReplaced gives a command the subcommands it had once, which only explain.
func addReplaced(cmd *cobra.Command) {
	for _, old := range replaced[cmd.Name()] {
		cmd.AddCommand(&cobra.Command{
			Use:                old.name,
			Hidden:             true,
			DisableFlagParsing: true,
			RunE:               func(*cobra.Command, []string) error { return errors.New(old.message) },
		})
	}
}
