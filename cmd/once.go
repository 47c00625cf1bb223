package cmd

import (
	"errors"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// errTwice is the error of a flag with a value that was given twice. The last one would count
// else, and nobody would be told that the first did not.
var errTwice = errors.New("already provided")

// once is the value of a flag that may be given once.
type once struct {
	pflag.Value
	given bool
}

func (o *once) Set(text string) error {
	if o.given {
		return errTwice
	}
	o.given = true
	return o.Value.Set(text)
}

// giveOnce lets every flag with a value of a command and those below it be given once.
func giveOnce(cmd *cobra.Command) {
	wrap := func(f *pflag.Flag) {
		if f.Value.Type() != "bool" {
			f.Value = &once{Value: f.Value}
		}
	}
	cmd.Flags().VisitAll(wrap)
	cmd.PersistentFlags().VisitAll(wrap)
	for _, c := range cmd.Commands() {
		giveOnce(c)
	}
}
