// Package cmd is the command line: one file per command, flags and exit status.
package cmd

import (
	"fmt"
	"io"
)

// Main runs the program and returns its exit status.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	fmt.Fprintln(stderr, "prisma1: no command yet")
	return 2
}
