package cmd

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/cloud"
)

func newCloudWorkspaceCmd(app *App) *cobra.Command {
	cmd := parentCmd("workspace COMMAND", "Manage the workspaces of a cloud", `- Make a workspace
  $ prisma1 cloud workspace add acme --owner jane@example.org`)
	cmd.AddCommand(
		newCloudWorkspaceAddCmd(app, runCloudWorkspaceAdd),
		newCloudWorkspaceDeleteCmd(app, runCloudWorkspaceDelete),
		newCloudWorkspaceListCmd(app, runCloudWorkspaceList),
	)
	return cmd
}

func newCloudWorkspaceAddCmd(app *App, run func(context.Context, *cloudAdminOptions) error) *cobra.Command {
	opts := &cloudAdminOptions{App: app}
	cmd := adminCmd(opts, "add WORKSPACE", "Make a workspace", `- Make a workspace for somebody who has an account
  $ prisma1 cloud workspace add acme --owner jane@example.org`, &opts.Workspace, run)
	cmd.Flags().StringVar(&opts.Email, "owner", "", "Email of the account that owns it")
	cmd.Flags().StringVar(&opts.Name, "name", "", "Title of the workspace")
	_ = cmd.MarkFlagRequired("owner")
	return cmd
}

func newCloudWorkspaceDeleteCmd(app *App, run func(context.Context, *cloudAdminOptions) error) *cobra.Command {
	opts := &cloudAdminOptions{App: app}
	cmd := adminCmd(opts, "delete WORKSPACE", "Delete a workspace and its services on the sandbox, with their data", `- Delete a workspace while the cloud runs
  $ prisma1 cloud workspace delete acme`, &opts.Workspace, run)
	cmd.Flags().BoolVarP(&opts.Force, "force", "f", false, "Delete without confirmation")
	return cmd
}

func newCloudWorkspaceListCmd(app *App, run func(context.Context, *cloudAdminOptions) error) *cobra.Command {
	opts := &cloudAdminOptions{App: app}
	return adminCmd(opts, "list", "List the workspaces", `- List the workspaces
  $ prisma1 cloud workspace list`, nil, run)
}

func runCloudWorkspaceAdd(ctx context.Context, opts *cloudAdminOptions) error {
	return opts.with(ctx, func(c *cloud.Cloud) error {
		if err := c.AddWorkspace(ctx, opts.Workspace, opts.Name, opts.Email); err != nil {
			return err
		}
		opts.App.Terminal.Printf("Added workspace %s\n", opts.Workspace)
		return nil
	})
}

// runCloudWorkspaceDelete needs the shared servers to be up: the services are deleted there.
func runCloudWorkspaceDelete(ctx context.Context, opts *cloudAdminOptions) error {
	t := opts.App.Terminal
	question := fmt.Sprintf("Are you sure that you want to delete the workspace %s and its services on shared servers, with their data?", opts.Workspace)
	if sure, err := confirm(t, opts.Force, question); !sure || err != nil {
		return err
	}
	return opts.with(ctx, func(c *cloud.Cloud) error {
		done, err := c.DeleteWorkspace(ctx, opts.Workspace)
		for _, service := range done.Deleted {
			t.Printf("Deleted %s\n", service)
		}
		if err != nil {
			return err
		}
		for _, service := range done.Left {
			t.Printf("Not deleted: %s goes on\n", service)
		}
		t.Printf("Deleted workspace %s\n", opts.Workspace)
		return nil
	})
}

func runCloudWorkspaceList(ctx context.Context, opts *cloudAdminOptions) error {
	return opts.with(ctx, func(c *cloud.Cloud) error {
		all, err := c.Workspaces(ctx)
		if err != nil {
			return err
		}
		var rows [][]string
		for _, w := range all {
			rows = append(rows, []string{w.Slug, w.Name, strings.Join(w.Owners, ", "), strconv.Itoa(w.Services)})
		}
		opts.App.Terminal.Table([]string{"Workspace", "Title", "Owners", "Services"}, rows)
		return nil
	})
}
