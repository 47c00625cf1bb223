package cmd

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/server"
)

type localOptions struct {
	App    *App
	Port   int
	Follow bool // logs: go on printing
	JSON   bool // status
}

func newLocalCmd(app *App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "local COMMAND",
		Short: "Run the server in the background on this machine",
		Example: `- Start a server that stays when the terminal is closed
  $ prisma1 local start`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(newLocalStartCmd(app, runLocalStart), newLocalStopCmd(app, runLocalStop), newLocalStatusCmd(app, runLocalStatus), newLocalLogsCmd(app, runLocalLogs))
	return cmd
}

func newLocalStartCmd(app *App, run func(context.Context, *localOptions) error) *cobra.Command {
	opts := &localOptions{App: app}
	cmd := &cobra.Command{
		Use:   "start",
		Short: "Start the local server, unless it runs",
		Example: `- Start the server on another port
  $ prisma1 local start --port 4477`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	cmd.Flags().IntVar(&opts.Port, "port", server.DefaultPort, "Port to listen on, 0 picks one")
	return cmd
}

func newLocalStopCmd(app *App, run func(context.Context, *localOptions) error) *cobra.Command {
	opts := &localOptions{App: app}
	return &cobra.Command{
		Use:   "stop",
		Short: "Stop the local server",
		Example: `- Stop the server; its data stays
  $ prisma1 local stop`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
}

func newLocalStatusCmd(app *App, run func(context.Context, *localOptions) error) *cobra.Command {
	opts := &localOptions{App: app}
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say whether the local server runs",
		Example: `- See whether the server runs, for a program
  $ prisma1 local status --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	cmd.Flags().BoolVarP(&opts.JSON, "json", "j", false, "Json Output")
	return cmd
}

func newLocalLogsCmd(app *App, run func(context.Context, *localOptions) error) *cobra.Command {
	opts := &localOptions{App: app}
	cmd := &cobra.Command{
		Use:   "logs",
		Short: "Print the log of the local server",
		Example: `- Watch the server at work
  $ prisma1 local logs --follow`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	cmd.Flags().BoolVarP(&opts.Follow, "follow", "f", false, "Go on printing what is logged")
	return cmd
}

func runLocalStart(ctx context.Context, opts *localOptions) error {
	state, running, err := opts.App.startLocal(ctx, opts.Port)
	if err != nil {
		return err
	}
	if running {
		opts.App.Terminal.Printf("The local server already runs at %s (process %d)\n", state.URL(), state.PID)
		return nil
	}
	opts.App.Terminal.Printf("The local server runs at %s (process %d)\n", state.URL(), state.PID)
	return nil
}

func runLocalStop(ctx context.Context, opts *localOptions) error {
	t := opts.App.Terminal
	state, running := opts.App.localServer()
	if !running {
		t.Printf("The local server does not run.\n")
		return opts.App.forgetLocal()
	}
	if err := stopProcess(ctx, state.PID); err != nil {
		return fmt.Errorf("stop the local server (process %d): %w", state.PID, err)
	}
	t.Printf("Stopped the local server.\n")
	return opts.App.forgetLocal()
}

// stopProcess asks a process to end and waits for it.
func stopProcess(ctx context.Context, pid int) error {
	if err := endProcess(pid); err != nil {
		return err
	}
	for range 150 { // the server gives running requests ten seconds
		if !processRuns(pid) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return fmt.Errorf("it did not end in 15 seconds")
}

func runLocalStatus(_ context.Context, opts *localOptions) error {
	t := opts.App.Terminal
	state, running := opts.App.localServer()
	if opts.JSON {
		return printJSON(t, struct {
			Running bool   `json:"running"`
			URL     string `json:"url,omitempty"`
			PID     int    `json:"pid,omitempty"`
			Data    string `json:"data,omitempty"` // folder of the databases
			Log     string `json:"log,omitempty"`
		}{running, state.URL(), state.PID, state.Data, state.Log})
	}
	if !running {
		if state.PID != 0 {
			t.Printf("The local server does not run. (Process %d of its pid file is gone; the file was stale.)\n", state.PID)
			return opts.App.forgetLocal()
		}
		t.Printf("The local server does not run. Start it with: prisma1 local start\n")
		return nil
	}
	t.Printf("The local server runs at %s (process %d)\n\n  Data: %s\n  Log:  %s\n", state.URL(), state.PID, state.Data, state.Log)
	return nil
}

func runLocalLogs(ctx context.Context, opts *localOptions) error {
	dir, err := opts.App.localDir()
	if err != nil {
		return err
	}
	log, err := os.Open(filepath.Join(dir, "server.log"))
	if os.IsNotExist(err) {
		return fmt.Errorf("There is no log yet. Start the local server with: prisma1 local start")
	}
	if err != nil {
		return err
	}
	defer log.Close()
	for {
		if _, err := io.Copy(opts.App.Terminal.Out, log); err != nil || !opts.Follow {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(200 * time.Millisecond):
		}
	}
}
