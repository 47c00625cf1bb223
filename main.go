// Command prisma1 is the CLI and the server of Prisma 1 in one program.
package main

import (
	"os"

	"github.com/prisma1-go/prisma1/cmd"
)

func main() { os.Exit(cmd.Main(os.Args, os.Stdin, os.Stdout, os.Stderr)) }
