// Package cmd is the command line: one file per command, flags and exit status.
package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"strings"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

// Exit statuses. The original knew 0, 1 and 127; Ctrl-C was 1 there, or 0 at a prompt. Statuses 3
// and 4 are for scripts that ask for them with --strict-exit.
const (
	exitOK             = 0
	exitFailed         = 1
	exitUsage          = 2
	exitNeedsForce     = 3
	exitNoAccess       = 4
	exitUnknownCommand = 127
	exitInterrupted    = 130
)

// Main runs the program and returns its exit status.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), terminal.Endings()...)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	app := newApp(stdin, stdout, stderr)
	root := newRootCmd(app)
	root.SetArgs(args[1:])
	if len(args) < 2 || !strings.HasPrefix(args[1], cobra.ShellCompRequestCmd) { // which reads flags twice
		giveOnce(root)
	}
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	if errors.Is(err, terminal.ErrInterrupted) || errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return exitInterrupted
	}
	return app.report(err)
}

// errShown is the error of a command that has already printed what went wrong.
var errShown = errors.New("already shown")

// errNeedsForce is errShown for what would lose data.
var errNeedsForce = fmt.Errorf("needs --force: %w", errShown)

// usageError is a command line that makes no sense.
type usageError struct{ cause error }

func (e *usageError) Error() string { return e.cause.Error() }
func (e *usageError) Unwrap() error { return e.cause }

func usagef(format string, args ...any) error { return &usageError{fmt.Errorf(format, args...)} }

// notAuthenticatedError explains why a server refused a request: for want of the right secret.
type notAuthenticatedError struct{ cause error }

func (e *notAuthenticatedError) Error() string { return e.cause.Error() }
func (e *notAuthenticatedError) Unwrap() error { return e.cause }

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
	if !errors.Is(err, errShown) {
		app.Terminal.Error(describe(err))
	}
	if _, ok := errors.AsType[*unknownCommandError](err); ok {
		return exitUnknownCommand
	}
	if _, ok := errors.AsType[*usageError](err); ok {
		return exitUsage
	}
	if !app.StrictExit {
		return exitFailed
	}
	if errors.Is(err, errNeedsForce) {
		return exitNeedsForce
	}
	if _, ok := errors.AsType[*notAuthenticatedError](err); ok || client.NeedsSecret(err) {
		return exitNoAccess
	}
	return exitFailed
}
