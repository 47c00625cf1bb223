package server

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// listenError says why a port could not be taken and what to do about it.
func listenError(host string, port int, err error) error {
	if !errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("listen on %s, port %d: %w", host, port, err)
	}
	owner := "another program"
	if name, pid := portOwner(port); pid != 0 {
		owner = fmt.Sprintf("%s (process %d)", name, pid)
	}
	return fmt.Errorf("port %d is in use by %s: stop it or choose another port: %w", port, owner, err)
}

// portOwner finds the process that listens on a port. It reads /proc, so it
// knows on Linux only, and only processes of this user; pid 0 is none.
func portOwner(port int) (name string, pid int) {
	sockets := listeningSockets(port)
	if len(sockets) == 0 {
		return "", 0
	}
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*") // the pattern is valid
	for _, link := range links {
		target, err := os.Readlink(link)
		if err != nil || !sockets[target] {
			continue
		}
		folder := filepath.Dir(filepath.Dir(link))
		command, _ := os.ReadFile(filepath.Join(folder, "comm"))
		pid, _ := strconv.Atoi(filepath.Base(folder))
		return strings.TrimSpace(string(command)), pid
	}
	return "", 0
}

// listeningSockets returns the sockets that listen on a port, as the links in /proc/PID/fd name them.
func listeningSockets(port int) map[string]bool {
	const listening = "0A" // state in /proc/net/tcp
	suffix := fmt.Sprintf(":%04X", port)
	sockets := make(map[string]bool)
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			if len(fields) > 9 && strings.HasSuffix(fields[1], suffix) && fields[3] == listening {
				sockets["socket:["+fields[9]+"]"] = true
			}
		}
	}
	return sockets
}
