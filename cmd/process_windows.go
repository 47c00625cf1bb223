package cmd

import (
	"os"
	"os/exec"
	"syscall"
)

const (
	detachedProcess  = 0x00000008
	newProcessGroup  = 0x00000200
	queryInformation = 0x1000
	stillActive      = 259
)

// detach lets a process outlive the console it was started from.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: detachedProcess | newProcessGroup}
}

// endProcess ends a process. Windows knows no polite way for one without a console; the
// databases are safe in their write-ahead logs.
func endProcess(pid int) error {
	process, err := os.FindProcess(pid)
	if err != nil {
		return nil // it is gone
	}
	return process.Kill()
}

// processRuns says whether there is such a process.
func processRuns(pid int) bool {
	handle, err := syscall.OpenProcess(queryInformation, false, uint32(pid))
	if err != nil {
		return false
	}
	defer syscall.CloseHandle(handle)
	var status uint32
	return syscall.GetExitCodeProcess(handle, &status) == nil && status == stillActive
}
