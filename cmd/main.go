// Package cmd is the command line: one file per command, flags and exit status.
package cmd

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/prisma1-go/prisma1/pkg/terminal"
)

// Exit statuses. They are the original's, but for 130: there Ctrl-C was 1, or 0 at a prompt.
const (
	exitOK             = 0
	exitFailed         = 1
	exitUnknownCommand = 127
	exitInterrupted    = 130
)

// Main runs the program and returns its exit status.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	app := newApp(stdin, stdout, stderr)
	root := newRootCmd(app)
	root.SetArgs(args[1:])
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	if errors.Is(err, terminal.ErrInterrupted) || errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return exitInterrupted
	}
	return app.report(err)
}

// shown is the error of a command that has already printed what went wrong.
var errShown = errors.New("already shown")

// unknownCommandError names a command that does not exist and the one that was perhaps meant.
type unknownCommandError struct{ Name, Meant string }

func (e *unknownCommandError) Error() string {
	lines := []string{e.Name + " is not a prisma1 command."}
	if e.Meant != "" {
		lines = append(lines, "Perhaps you meant "+e.Meant)
	}
	return strings.Join(append(lines, "Run prisma1 help for a list of available commands."), "\n")
}

// report prints an error and returns the exit status that goes with it.
func (app *App) report(err error) int {
	if errors.Is(err, errShown) {
		return exitFailed
	}
	app.Terminal.Error(describe(err))
	if _, ok := errors.AsType[*unknownCommandError](err); ok {
		return exitUnknownCommand
	}
	return exitFailed
}
