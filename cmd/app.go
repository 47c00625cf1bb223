package cmd

import (
	"io"
	"os"
	"path/filepath"

	"github.com/prisma1-go/prisma1/pkg/cluster"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

// App is the surroundings of the program that all commands see.
type App struct {
	Terminal *terminal.Terminal
	Environ  []string // NAME=value
	Getenv   func(string) string

	StrictExit bool // exit 3 and 4 where the original had 1
}

func newApp(stdin io.Reader, stdout, stderr io.Writer) *App {
	return &App{
		Terminal: terminal.New(stdin, stdout, stderr, os.Getenv),
		Environ:  os.Environ(),
		Getenv:   os.Getenv,
	}
}

// registry opens ~/.prisma/config.yml.
func (app *App) registry() (*cluster.Registry, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, err
	}
	return cluster.Open(home)
}

// localDir is where the local server keeps its state.
func (app *App) localDir() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".prisma", "local"), nil
}
