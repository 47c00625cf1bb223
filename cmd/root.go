package cmd

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The groups of the help, in order.
const (
	groupService = "service"
	groupData    = "data"
	groupServer  = "server"
	groupCloud   = "cloud"
)

// later are the original's commands that are still missing.
var later = []string{"import", "export", "generate"}

func newRootCmd(app *App) *cobra.Command {
	root := &cobra.Command{
		Use:                "prisma1",
		Short:              "Prisma replaces traditional ORMs",
		SilenceUsage:       true,
		SilenceErrors:      true,
		Args:               cobra.ArbitraryArgs,
		DisableSuggestions: true,
		CompletionOptions:  cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	cobra.EnableCommandSorting = false
	root.RunE = func(cmd *cobra.Command, args []string) error { return runRoot(app, cmd, args) }
	root.Flags().BoolP("version", "v", false, "print the version")
	registerGlobalSettings(root.PersistentFlags())
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		settings, err := readGlobalSettings(cmd.Flags(), configPath())
		if err != nil {
			return err
		}
		app.StrictExit = settings.StrictExit
		if settings.NoInteractive {
			app.Terminal.NeverAsk()
		}
		return nil
	}
	root.AddGroup(
		&cobra.Group{ID: groupService, Title: "Service:"},
		&cobra.Group{ID: groupData, Title: "Data workflows:"},
		&cobra.Group{ID: groupServer, Title: "Server:"},
		&cobra.Group{ID: groupCloud, Title: "Cloud:"},
	)
	addGroup(root, groupService, newInitCmd(app, runInit), newDeployCmd(app, runDeploy), newIntrospectCmd(app, runIntrospect), newInfoCmd(app, runInfo), newTokenCmd(app, runToken), newListCmd(app, runList), newDeleteCmd(app, runDelete))
	addGroup(root, groupData, newAdminCmd(app, runAdmin), newPlaygroundCmd(app, runPlayground), newDatamodelCmd(app), newMigrationsCmd(app), newSeedCmd(app, runSeed), newResetCmd(app, runReset))
	addGroup(root, groupServer, newDevCmd(app, runDev), newServerCmd(app, runServer), newLocalCmd(app), newClusterCmd(app), newConfigCmd(app, runConfig), newDoctorCmd(app, runDoctor), newKeysCmd(app))
	addGroup(root, groupCloud, newCloudCmd(app, runCloud), newLoginCmd(app, runLogin), newLogoutCmd(app, runLogout), newConsoleCmd(app, runConsole), newAccountCmd(app, runAccount))
	root.AddCommand(newVersionCmd(app, runVersion), newClusterTokenCmd(app, runClusterToken), newCompletionCmd(app))
	for _, name := range later {
		root.AddCommand(newLaterCmd(name))
	}
	for _, cmd := range append(root.Commands(), root) {
		addReplaced(cmd)
	}
	root.SetIn(app.Terminal.In)
	root.SetOut(app.Terminal.Out)
	root.SetErr(app.Terminal.Err)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { printHelp(app.Terminal, cmd) })
	root.SetHelpCommand(newHelpCmd(root))
	return root
}

func addGroup(root *cobra.Command, group string, commands ...*cobra.Command) {
	for _, c := range commands {
		c.GroupID = group
		root.AddCommand(c)
	}
}

func runRoot(app *App, cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return unknownCommand(cmd, args[0])
	}
	if version, _ := cmd.Flags().GetBool("version"); version {
		return runVersion(cmd.Context(), &versionOptions{App: app})
	}
	return cmd.Help()
}

func newLaterCmd(name string) *cobra.Command {
	return &cobra.Command{
		Use:                name,
		Short:              "A command of Prisma 1 that comes next",
		Hidden:             true,
		DisableFlagParsing: true, // its flags are not known yet
		RunE: func(*cobra.Command, []string) error {
			return fmt.Errorf("prisma1 %s is a command of Prisma 1 that comes next. It is not in this version yet.", name)
		},
	}
}

func newHelpCmd(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:    "help [command]",
		Short:  "Help about a command",
		Hidden: true,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			target, _, err := root.Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var names []string
			for _, c := range target.Commands() {
				if !c.Hidden {
					names = append(names, c.Name())
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			target, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return notFound(root, args)
			}
			target.InitDefaultHelpFlag()
			return target.Help()
		},
	}
}

// notFound is the error of help for a command that does not exist.
func notFound(root *cobra.Command, args []string) error {
	message := fmt.Sprintf("command %s not found", strings.Join(args, ":"))
	if meant := similar(root, args[0]); meant != "" && meant != args[0] {
		message += "\nPerhaps you meant " + meant
	}
	return errors.New(message)
}

// unknownCommand looks for the command with the most similar name.
func unknownCommand(parent *cobra.Command, name string) error {
	return &unknownCommandError{Name: name, Meant: similar(parent, name)}
}

func similar(parent *cobra.Command, name string) string {
	var names []string
	for _, c := range parent.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return nearest(name, names, len(name)/2)
}

// nearest returns the name that begins with another one, or else the one that takes the fewest changes,
// not more than distance; "" when there is none.
func nearest(name string, names []string, distance int) string {
	meant := ""
	for _, candidate := range names {
		if strings.HasPrefix(candidate, name) {
			return candidate
		}
		if d := levenshtein.ComputeDistance(name, candidate); d <= distance {
			meant, distance = candidate, d-1
		}
	}
	return meant
}

// flagError says what is wrong with a flag in the original's words.
func flagError(cmd *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		return usagef("Unknown flag %s%s", dashed(e.GetSpecifiedName()), meantFlag(cmd, e.GetSpecifiedName()))
	}
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return usagef("Flag --%s expects a value", e.GetFlag().Name)
	}
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		if errors.Is(err, errTwice) {
			return usagef("Flag --%s already provided", e.GetFlag().Name)
		}
		return usagef("Flag --%s cannot be %q: %w", e.GetFlag().Name, e.GetValue(), wrongValue(e))
	}
	return &usageError{err}
}

// meantFlag is a line that names the flag of a command which is most like an unknown one.
func meantFlag(cmd *cobra.Command, name string) string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if meant := nearest(name, names, len(name)/3); meant != "" && len(name) > 1 {
		return "\nPerhaps you meant " + dashed(meant)
	}
	return ""
}

// wrongValue says what a flag takes, in place of what Go calls it.
func wrongValue(e *pflag.InvalidValueError) error {
	switch e.GetFlag().Value.Type() {
	case "int":
		return errors.New("it must be a number")
	case "bool":
		return errors.New("it must be true or false")
	case "duration":
		return errors.New("it must be a time with its unit, like 30s, 5m or 2h")
	}
	return e.Unwrap()
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// noArgs refuses arguments; the original let two of them pass.
func noArgs(cmd *cobra.Command, args []string) error { return atMost(0)(cmd, args) }

// atMost refuses arguments after the first n.
func atMost(n int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > n {
			return usagef("Unexpected argument %s", args[n])
		}
		return nil
	}
}

// withoutTokens takes what looks like a token out of a message that will be shown.
func withoutTokens(message string) string {
	if !strings.Contains(message, "eyJ") {
		return message
	}
	return regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]*`).ReplaceAllString(message, "TOKEN")
}
