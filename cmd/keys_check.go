package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
)

type keysCheckOptions struct {
	App     *App
	Private string // file; "" is the variable's, then ~/.prisma/keys/management.key
	Public  string // file; "" is that beside the private key
	Server  string // base URL to ask instead of a public key
}

func newKeysCheckCmd(app *App, run func(context.Context, *keysCheckOptions) error) *cobra.Command {
	opts := &keysCheckOptions{App: app}
	cmd := &cobra.Command{
		Use:   "check [PRIVATE [PUBLIC]]",
		Short: "Tell whether a private key fits a public one, or a server",
		Long: `PRIVATE is the file of the private key (default: the key in PRISMA_MANAGEMENT_API_PRIVATE_KEY, then
~/.prisma/keys/management.key), PUBLIC that of the public one (default: PRIVATE.pub).`,
		Example: `- Do the keys of this computer fit?
  $ prisma1 keys check

- Do these?
  $ prisma1 keys check school.key copied.pub

- Does a server take what the private key signs?
  $ prisma1 keys check --server https://prisma.example.org`,
		Args: atMost(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			args = append(args, "", "")
			opts.Private, opts.Public = args[0], args[1]
			return run(cmd.Context(), opts)
		},
	}
	cmd.Flags().StringVar(&opts.Server, "server", "", "Ask this server whether it takes the private key")
	return cmd
}

func runKeysCheck(ctx context.Context, opts *keysCheckOptions) error {
	if opts.Public != "" && opts.Server != "" {
		return usagef("Give a public key or --server, not both")
	}
	text, name, path, err := opts.private()
	if err != nil {
		return err
	}
	signer, err := auth.ParsePrivateKey(text)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if exposed(path) {
		opts.App.Terminal.Warning(fmt.Sprintf("Others on this computer may read %s. Take their right away: chmod 600 %s", path, path))
	}
	if opts.Server != "" {
		return opts.askServer(ctx, signer, name)
	}
	if opts.Public == "" && path == "" {
		return fmt.Errorf("Name the public key: %s holds the private key itself and no path, so there is no file beside it", keyVariable)
	}
	return comparePair(opts, signer, name, cmp.Or(opts.Public, path+publicSuffix))
}

// private finds the private key: its text, its name for messages, its path unless it has none.
func (opts *keysCheckOptions) private() (text, name, path string, err error) {
	path = opts.Private
	if path == "" {
		dir, err := os.Getwd()
		if err != nil {
			return "", "", "", err
		}
		env, err := prismayml.LoadEnv(opts.App.Environ, dir, "")
		if err != nil {
			return "", "", "", err
		}
		if value := env.Get(keyVariable); value != "" {
			source := sourceOf(env, keyVariable)
			text, err := keyText(value)
			if err != nil {
				return "", "", "", fmt.Errorf("%s: %w", source, err)
			}
			if auth.IsPEM(value) {
				return text, source, "", nil
			}
			return text, source, strings.TrimSpace(value), nil
		}
	}
	if path, err = opts.App.keyPath(path); err != nil {
		return "", "", "", err
	}
	file, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) && opts.Private == "" {
		return "", "", "", fmt.Errorf("There is no private key: %s is not set and %s is not there. prisma1 keys new makes a pair", keyVariable, path)
	}
	return string(file), path, path, err
}

func comparePair(opts *keysCheckOptions, signer auth.Signer, name, public string) error {
	text, err := os.ReadFile(public)
	if err != nil {
		return err
	}
	verifiers, err := auth.ParsePublicKeys(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", public, err)
	}
	for _, v := range verifiers {
		if signer.Fits(v) {
			opts.App.Terminal.Printf("The keys fit: a server with %s takes what %s signs (%s).\n", public, name, signer.Algorithm())
			return nil
		}
	}
	return fmt.Errorf("The keys do not fit: a server with %s refuses what %s signs. They are of two pairs.", public, name)
}

// askServer makes a request that only a right key may make. A server that takes one without a
// token would take any key.
func (opts *keysCheckOptions) askServer(ctx context.Context, signer auth.Signer, name string) error {
	e, err := prismayml.ParseEndpoint(opts.Server)
	if err != nil {
		return err
	}
	if _, err := client.New(e.Base, "", nil).Projects(ctx); err == nil {
		return fmt.Errorf("The server at %s asks for no key at all. Everybody who reaches it can change its services.", e.Base)
	} else if !client.NeedsSecret(err) {
		return err
	}
	token, err := auth.SignManagement(signer, nil, managementLifetime)
	if err != nil {
		return err
	}
	_, err = client.New(e.Base, token, nil).Projects(ctx)
	if client.NeedsSecret(err) {
		return fmt.Errorf("The server at %s refuses what %s signs. It holds another public key, or a secret. It says: %w", e.Base, name, err)
	}
	if err != nil {
		return err
	}
	opts.App.Terminal.Printf("The server at %s takes what %s signs (%s).\n", e.Base, name, signer.Algorithm())
	return nil
}
