package cmd

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/prisma1-go/prisma1/pkg/server"
)

type serverOptions struct {
	App   *App
	Flags *pflag.FlagSet
}

func newServerCmd(app *App, run func(context.Context, *serverOptions) error) *cobra.Command {
	opts := &serverOptions{App: app}
	cmd := &cobra.Command{
		Use:   "server",
		Short: "Run the Prisma server alone",
		Example: `- Run the server that a file describes
  $ PRISMA_CONFIG_PATH=server.yml prisma1 server`,
		Long: `The configuration is YAML in the variable PRISMA_CONFIG, in the file that PRISMA_CONFIG_PATH
names, or in ./prisma.yml:

  port: 4466
  databases:
    default:
      connector: sqlite
      directory: data`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	opts.Flags = cmd.Flags()
	registerServerSettings(opts.Flags)
	return cmd
}

func runServer(ctx context.Context, opts *serverOptions) error {
	settings, err := readServerSettings(opts.Flags)
	if err != nil {
		return err
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	config, err := server.LoadConfig(dir, opts.App.Getenv)
	if err != nil {
		return err
	}
	if settings.Host != "" {
		config.Host = settings.Host
	}
	if settings.Port >= 0 {
		config.Port = settings.Port
	}
	log := settings.logger(opts.App.Terminal.Err)
	config.Version, config.Commit = version, thisBuild().Commit
	running, err := server.New(config, log)
	if err != nil {
		return err
	}
	defer running.Close()
	address, err := running.Listen()
	if err != nil {
		return err
	}
	opts.App.Terminal.Printf("Server running on http://%s\n", address)
	if url := running.MetricsURL(); url != "" {
		opts.App.Terminal.Printf("Metrics on %s\n", url)
	}
	if err := running.Serve(ctx); err != nil {
		return err
	}
	log.Info("server stopped")
	if err := running.Close(); err != nil {
		return fmt.Errorf("close the databases: %w", err)
	}
	return nil
}
