package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
)

// openBrowser shows an address in the browser of this machine, or says that there is none. The
// variable BROWSER names another program. The browser outlives this program.
func (app *App) openBrowser(address string) error {
	name, args := "xdg-open", []string{}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler"}
	}
	name = cmp.Or(app.Getenv("BROWSER"), name)
	if err := exec.Command(name, append(args, address)...).Start(); err != nil {
		return fmt.Errorf("no browser could be opened: %w", err)
	}
	return nil
}

// clipboards are the programs that take what is to be copied on standard input.
var clipboards = [][]string{{"pbcopy"}, {"clip.exe"}, {"clip"}, {"wl-copy"}, {"xclip", "-selection", "clipboard"}, {"xsel", "--clipboard", "--input"}}

// copyText puts a text on the clipboard.
func copyText(ctx context.Context, text string) error {
	for _, program := range clipboards {
		if _, err := exec.LookPath(program[0]); err != nil {
			continue
		}
		cmd := exec.CommandContext(ctx, program[0], program[1:]...)
		cmd.Stdin = strings.NewReader(text)
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("copy with %s: %w", program[0], err)
		}
		return nil
	}
	return errors.New("There is no program to copy with. Install xclip, xsel or wl-copy (on Debian/Ubuntu: sudo apt install xsel)")
}
