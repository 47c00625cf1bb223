package cmd

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

const (
	detachedProcess  = 0x00000008
	newProcessGroup  = 0x00000200
	queryInformation = 0x1000
	stillActive      = 259

	sharingViolation syscall.Errno = 32
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

// takeFile takes a file for this process alone, until it is closed or the process ends.
func takeFile(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	const shared = 0 // with nobody
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, shared, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, sharingViolation) {
		return nil, errLocked
	}
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(handle), path), nil
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
