package cmd

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestHelpIsWhole: every command says what it does and shows how it is called, every flag what it is for.
func TestHelpIsWhole(t *testing.T) {
	t.Parallel()
	var check func(cmd *cobra.Command)
	check = func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && f.Usage == "" {
				t.Errorf("%s: --%s says nothing", cmd.CommandPath(), f.Name)
			}
		})
		for _, c := range cmd.Commands() {
			if c.Hidden {
				continue
			}
			if c.Short == "" || !strings.HasPrefix(c.Example, "- ") || !strings.Contains(c.Example, "prisma1 "+strings.TrimPrefix(c.CommandPath(), "prisma1 ")) && !c.HasSubCommands() {
				t.Errorf("%s: no description or no example in the form of the others:\n%s", c.CommandPath(), c.Example)
			}
			check(c)
		}
	}
	check(newRootCmd(newApp(nil, nil, nil)))
}
