package cmd

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/cloud"
)

// cloudAdminOptions are those of the commands by which the operator of a cloud works on its
// records, also while it runs.
type cloudAdminOptions struct {
	App   *App
	Cloud cloudFlags

	Email string
	Name  string
	Stdin bool // read the password from standard input

	Workspace string
	Owner     bool
	Force     bool // do not ask

	Server string
	URL    string
	Shared bool
}

// parentCmd is a command that only has others below it.
func parentCmd(use, short, example string) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Example: example,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
}

// adminCmd is a command that takes one argument and is told which cloud is meant.
func adminCmd(opts *cloudAdminOptions, use, short, example string, into *string, run func(context.Context, *cloudAdminOptions) error) *cobra.Command {
	name := strings.Fields(use)
	cmd := &cobra.Command{
		Use: use, Short: short, Example: example,
		Args: exactArgs(name[1:]...),
		RunE: func(cmd *cobra.Command, args []string) error {
			if into != nil {
				*into = args[0]
			}
			return run(cmd.Context(), opts)
		},
	}
	opts.Cloud.register(cmd.Flags())
	return cmd
}

func newCloudUserCmd(app *App) *cobra.Command {
	cmd := parentCmd("user COMMAND", "Manage the accounts of a cloud", `- Make an account
  $ prisma1 cloud user add jane@example.org`)
	cmd.AddCommand(
		newCloudUserAddCmd(app, runCloudUserAdd),
		newCloudUserPasswordCmd(app, runCloudUserPassword),
		newCloudUserRemoveCmd(app, runCloudUserRemove),
		newCloudUserListCmd(app, runCloudUserList),
	)
	return cmd
}

func newCloudUserAddCmd(app *App, run func(context.Context, *cloudAdminOptions) error) *cobra.Command {
	opts := &cloudAdminOptions{App: app}
	cmd := adminCmd(opts, "add EMAIL", "Make an account with a workspace of its own", `- Ask for a password
  $ prisma1 cloud user add jane@example.org --name "Jane Doe"`, &opts.Email, run)
	cmd.Flags().StringVar(&opts.Name, "name", "", "Name of the person")
	cmd.Flags().BoolVar(&opts.Stdin, "password-stdin", false, "Read the password from standard input")
	return cmd
}

func newCloudUserPasswordCmd(app *App, run func(context.Context, *cloudAdminOptions) error) *cobra.Command {
	opts := &cloudAdminOptions{App: app}
	cmd := adminCmd(opts, "password EMAIL", "Change a password and log its owner out everywhere", `- Ask for another password
  $ prisma1 cloud user password jane@example.org`, &opts.Email, run)
	cmd.Flags().BoolVar(&opts.Stdin, "password-stdin", false, "Read the password from standard input")
	return cmd
}

func newCloudUserRemoveCmd(app *App, run func(context.Context, *cloudAdminOptions) error) *cobra.Command {
	opts := &cloudAdminOptions{App: app}
	return adminCmd(opts, "remove EMAIL", "Delete an account; what it deployed stays", `- Delete an account
  $ prisma1 cloud user remove jane@example.org`, &opts.Email, run)
}

func newCloudUserListCmd(app *App, run func(context.Context, *cloudAdminOptions) error) *cobra.Command {
	opts := &cloudAdminOptions{App: app}
	return adminCmd(opts, "list", "List the accounts", `- List the accounts
  $ prisma1 cloud user list`, nil, run)
}

func newCloudInviteCmd(app *App, run func(context.Context, *cloudAdminOptions) error) *cobra.Command {
	opts := &cloudAdminOptions{App: app}
	cmd := adminCmd(opts, "invite WORKSPACE", "Print a link by which somebody makes an account and joins a workspace", `- Invite somebody to a workspace
  $ prisma1 cloud invite acme --email john@example.org`, &opts.Workspace, run)
	cmd.Flags().StringVar(&opts.Email, "email", "", "Email of the person (default whoever has the link)")
	cmd.Flags().BoolVar(&opts.Owner, "owner", false, "Let the person own the workspace, too")
	return cmd
}

func newCloudServerCmd(app *App) *cobra.Command {
	cmd := parentCmd("server COMMAND", "Manage the servers to which workspaces deploy", `- Add a private server
  $ prisma1 cloud server add production --url https://prisma.acme.example --workspace acme`)
	add := &cloudAdminOptions{App: app}
	addCmd := adminCmd(add, "add NAME", "Register a server and print the public key it is to hold", `- A private server of the workspace acme
  $ prisma1 cloud server add production --url https://prisma.acme.example --workspace acme`, &add.Server, runCloudServerAdd)
	addCmd.Flags().StringVar(&add.URL, "url", "", "Address of the server")
	addCmd.Flags().StringVar(&add.Workspace, "workspace", "", "Workspace that deploys to it")
	addCmd.Flags().BoolVar(&add.Shared, "shared", false, "Let every workspace deploy to it")
	_ = addCmd.MarkFlagRequired("url")
	key := &cloudAdminOptions{App: app}
	keyCmd := adminCmd(key, "key NAME", "Print the public key of a server again", `- Of a private server
  $ prisma1 cloud server key production --workspace acme`, &key.Server, runCloudServerKey)
	keyCmd.Flags().StringVar(&key.Workspace, "workspace", "", "Workspace of the server (default shared by all)")
	remove := &cloudAdminOptions{App: app}
	removeCmd := adminCmd(remove, "remove NAME", "Forget a server; its services go on", `- Forget a private server
  $ prisma1 cloud server remove production --workspace acme`, &remove.Server, runCloudServerRemove)
	removeCmd.Flags().StringVar(&remove.Workspace, "workspace", "", "Workspace of the server (default shared by all)")
	list := &cloudAdminOptions{App: app}
	cmd.AddCommand(addCmd, keyCmd, removeCmd, adminCmd(list, "list", "List the servers", `- List the servers
  $ prisma1 cloud server list`, nil, runCloudServerList))
	return cmd
}

// with runs one action on the cloud that the flags mean. The sandbox is not started.
func (o *cloudAdminOptions) with(ctx context.Context, action func(*cloud.Cloud) error) error {
	config, err := o.Cloud.load(o.App)
	if err != nil {
		return err
	}
	c, closeRecords, err := config.open(ctx, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return errors.Join(action(c), closeRecords())
}

// password is read from standard input or typed twice, until it is one.
func (o *cloudAdminOptions) password() (string, error) {
	if o.Stdin {
		line, err := bufio.NewReader(io.LimitReader(o.App.Terminal.In, 4096)).ReadString('\n')
		if err != nil && err != io.EOF {
			return "", err
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	t := o.App.Terminal
	for {
		first, err := t.Password("Choose a password")
		if err != nil {
			return "", neededFlag(err, "password-stdin")
		}
		if err := cloud.CheckPassword(first); err != nil {
			t.Notef(">> %s\n", describe(err))
			continue
		}
		second, err := t.Password("Type it again")
		if err != nil || first == second {
			return first, err
		}
		t.Notef(">> The two passwords are not the same\n")
	}
}

func runCloudUserAdd(ctx context.Context, opts *cloudAdminOptions) error {
	password, err := opts.password()
	if err != nil {
		return err
	}
	return opts.with(ctx, func(c *cloud.Cloud) error {
		user, err := c.AddUser(ctx, cloud.NewUser{Email: opts.Email, Name: opts.Name, Password: password})
		if err != nil {
			return err
		}
		memberships, err := c.Memberships(ctx, user.ID)
		if err != nil {
			return err
		}
		opts.App.Terminal.Printf("Added %s\n", user.Email)
		for _, m := range memberships {
			opts.App.Terminal.Printf("Workspace: %s\n", m.Workspace.Slug)
		}
		return nil
	})
}

func runCloudUserPassword(ctx context.Context, opts *cloudAdminOptions) error {
	password, err := opts.password()
	if err != nil {
		return err
	}
	return opts.with(ctx, func(c *cloud.Cloud) error {
		if err := c.SetPassword(ctx, opts.Email, password); err != nil {
			return err
		}
		opts.App.Terminal.Printf("Changed the password of %s and logged it out everywhere\n", opts.Email)
		return nil
	})
}

func runCloudUserRemove(ctx context.Context, opts *cloudAdminOptions) error {
	return opts.with(ctx, func(c *cloud.Cloud) error {
		if err := c.RemoveUser(ctx, opts.Email); err != nil {
			return err
		}
		opts.App.Terminal.Printf("Removed %s\n", opts.Email)
		return nil
	})
}

func runCloudUserList(ctx context.Context, opts *cloudAdminOptions) error {
	return opts.with(ctx, func(c *cloud.Cloud) error {
		users, err := c.Users(ctx)
		if err != nil {
			return err
		}
		rows := make([][]string, len(users))
		for i, u := range users {
			rows[i] = []string{u.Email, u.Name}
		}
		opts.App.Terminal.Table([]string{"Email", "Name"}, rows)
		return nil
	})
}

func runCloudInvite(ctx context.Context, opts *cloudAdminOptions) error {
	config, err := opts.Cloud.load(opts.App)
	if err != nil {
		return err
	}
	role := cloud.Ordinary
	if opts.Owner {
		role = cloud.Owner
	}
	return opts.with(ctx, func(c *cloud.Cloud) error {
		secret, err := c.InviteTo(ctx, opts.Workspace, opts.Email, role)
		if err != nil {
			return err
		}
		opts.App.Terminal.Printf("%s/invitation?secret=%s\n", strings.TrimRight(config.address(nil), "/"), url.QueryEscape(secret))
		opts.App.Terminal.Notef("The link works once, for a week.\n")
		return nil
	})
}

func runCloudServerAdd(ctx context.Context, opts *cloudAdminOptions) error {
	if opts.Shared == (opts.Workspace != "") {
		return usagef("Give --workspace NAME for a private server, or --shared for one of all workspaces")
	}
	return opts.with(ctx, func(c *cloud.Cloud) error {
		key, err := c.AddServer(ctx, opts.Workspace, opts.Server, opts.URL)
		if err != nil {
			return err
		}
		opts.App.Terminal.Notef("Write this into the configuration of the server at %s and start it again:\n\n", opts.URL)
		opts.printKey(key)
		return nil
	})
}

// printKey prints a public key as a server's configuration wants it.
func (o *cloudAdminOptions) printKey(key string) {
	o.App.Terminal.Printf("managementApiPublicKey: |\n")
	for line := range strings.Lines(key) {
		o.App.Terminal.Printf("  %s", line)
	}
}

func runCloudServerKey(ctx context.Context, opts *cloudAdminOptions) error {
	return opts.with(ctx, func(c *cloud.Cloud) error {
		key, err := c.PublicKey(ctx, opts.Workspace, opts.Server)
		if err != nil {
			return err
		}
		opts.printKey(key)
		return nil
	})
}

func runCloudServerRemove(ctx context.Context, opts *cloudAdminOptions) error {
	return opts.with(ctx, func(c *cloud.Cloud) error {
		if err := c.RemoveServer(ctx, opts.Workspace, opts.Server); err != nil {
			return err
		}
		opts.App.Terminal.Printf("Removed server %s\n", opts.Server)
		return nil
	})
}

func runCloudServerList(ctx context.Context, opts *cloudAdminOptions) error {
	return opts.with(ctx, func(c *cloud.Cloud) error {
		servers, err := c.Servers(ctx)
		if err != nil {
			return err
		}
		var rows [][]string
		for _, s := range servers {
			workspace := "(all)"
			if s.Workspace != nil {
				workspace = s.Workspace.Slug
			}
			rows = append(rows, []string{s.Name, s.URL, workspace})
		}
		opts.App.Terminal.Table([]string{"Server", "Address", "Workspace"}, rows)
		return nil
	})
}
