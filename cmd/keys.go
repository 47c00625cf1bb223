package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/auth"
)

// keyFile and publicSuffix name the files of a pair: management.key and management.key.pub.
const (
	keyFile      = "management.key"
	publicSuffix = ".pub"
)

type keysOptions struct {
	App  *App
	File string // private key; "" is ~/.prisma/keys/management.key
	Kind string // of a new pair
}

func newKeysCmd(app *App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "keys COMMAND",
		Short: "Make and check the key pair for a server's management API",
		Example: `- Make a key pair and learn what to paste where
  $ prisma1 keys new`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(newKeysNewCmd(app, runKeysNew), newKeysCheckCmd(app, runKeysCheck))
	return cmd
}

func newKeysNewCmd(app *App, run func(context.Context, *keysOptions) error) *cobra.Command {
	opts := &keysOptions{App: app}
	cmd := &cobra.Command{
		Use:   "new [FILE]",
		Short: "Make a key pair: the private key to deploy with, the public one for the server",
		Long: `The private key goes into FILE (default ~/.prisma/keys/management.key), the public one into FILE.pub.
Files that are there are never overwritten.`,
		Example: `- A pair for this computer, in ~/.prisma/keys
  $ prisma1 keys new

- A pair in a file of its own that servers of Prisma 1.26 and older take
  $ prisma1 keys new school.key --type rsa`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				opts.File = args[0]
			}
			return run(cmd.Context(), opts)
		},
	}
	cmd.Flags().StringVarP(&opts.Kind, "type", "t", string(auth.Kinds()[0]), "Type of the keys: ed25519, rsa or ec")
	return cmd
}

func runKeysNew(_ context.Context, opts *keysOptions) error {
	private, public, err := auth.NewPair(auth.Kind(opts.Kind))
	if err != nil {
		return fmt.Errorf("--type %w", err)
	}
	path, err := opts.App.keyPath(opts.File)
	if err != nil {
		return err
	}
	if err := writePair(path, private, public); err != nil {
		return err
	}
	printPair(opts, path, string(public))
	return nil
}

// keyPath is the absolute path of a private key.
func (app *App) keyPath(file string) (string, error) {
	if file != "" {
		return filepath.Abs(file)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(home, ".prisma", "keys")
	return filepath.Join(dir, keyFile), os.MkdirAll(dir, 0o700)
}

// writePair writes both files or none. The public key is for anybody's eyes, but also 0600
// until its owner gives it away.
func writePair(path string, private, public []byte) error {
	if err := writeNew(path, private); err != nil {
		return err
	}
	if err := writeNew(path+publicSuffix, public); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// writeNew writes a file that is not there yet, for its owner's eyes only.
func writeNew(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already and is not overwritten: a server may depend on it. Give another name: prisma1 keys new FILE", path)
	}
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(path))
	}
	return nil
}

// printPair says what to paste where. The private key itself is not shown.
func printPair(opts *keysOptions, path, public string) {
	t := opts.App.Terminal
	t.Printf("Private key: %s\nPublic key:  %s\n", path, path+publicSuffix)
	t.Printf("\n%s\n\n", t.Bold("On the server, in its configuration:"))
	t.Printf("  managementApiPublicKey: |\n%s\n", indent(public, "    "))
	if auth.Kind(opts.Kind) == auth.RSA {
		t.Printf("\n  (Prisma 1.26 and older call it legacySecret.)\n")
	}
	t.Printf("\n%s\n\n", t.Bold("Where you deploy from, in the environment or in .env:"))
	t.Printf("  %s=%s\n", keyVariable, path)
	t.Printf("\nOr paste the private key as clusterSecret of the server into ~/.prisma/config.yml:\n\n")
	t.Printf("  clusters:\n    my-server:\n      host: https://…\n      clusterSecret: |\n        -----BEGIN PRIVATE KEY-----\n        …\n")
	t.Printf("\nThe private key never leaves this side: whoever has it can change and delete every service of the server.\n")
}

func indent(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+by)
}

// exposed tells whether others on this machine may read a file.
func exposed(path string) bool {
	stat, err := os.Stat(path)
	return err == nil && runtime.GOOS != "windows" && stat.Mode().Perm()&0o077 != 0
}
