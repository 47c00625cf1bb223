package prismayml

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Env is the environment of a command: the variables of the process, then those of an env file.
type Env struct {
	process []string // NAME=value, as os.Environ
	names   map[string]string
	added   []string // NAME=value of the env file which the process does not have
	file    string   // as it was named, ".env" when it was not
}

// LoadEnv reads file, or .env in dir when file is "".
//
// Variables of the process are never overridden, but for empty ones, as by dotenv 4. A .env that is not there is no error;
// a named file is.
func LoadEnv(process []string, dir, file string) (*Env, error) {
	e := &Env{process: process, names: map[string]string{}}
	for _, entry := range process {
		if name, value, ok := strings.Cut(entry, "="); ok && name != "" {
			e.names[name] = value
		}
	}
	path := file
	if path == "" {
		path = ".env"
	}
	e.file = path
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	text, err := os.ReadFile(path)
	if file == "" && errors.Is(err, fs.ErrNotExist) {
		return e, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("--env-file path '%s' does not exist", file)
	}
	if err != nil {
		return nil, fmt.Errorf("read env file: %w", err)
	}
	e.add(string(text))
	return e, nil
}

// add takes the variables of an env file's text.
//
// The syntax is that of dotenv 4, which the original uses: one NAME=value per line, quotes
// around a value are dropped, \n is a newline in double quotes. No expansion of $ and no
// comments after a value: a secret may contain both.
func (e *Env) add(text string) {
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "=")
		name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
		if !ok || !isEnvName(name) {
			continue
		}
		if e.names[name] != "" {
			continue
		}
		value = unquoteEnv(strings.TrimSpace(value))
		e.names[name] = value
		e.added = append(e.added, name+"="+value)
	}
}

func isEnvName(name string) bool {
	if name == "" {
		return false
	}
	for _, c := range name {
		word := c == '_' || c == '.' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !word {
			return false
		}
	}
	return true
}

func unquoteEnv(value string) string {
	if len(value) < 2 || value[0] != value[len(value)-1] {
		return value
	}
	switch value[0] {
	case '"':
		return strings.ReplaceAll(value[1:len(value)-1], `\n`, "\n")
	case '\'':
		return value[1 : len(value)-1]
	}
	return value
}

// Lookup returns a variable and whether it is set. A nil Env has none.
func (e *Env) Lookup(name string) (string, bool) {
	if e == nil {
		return "", false
	}
	value, ok := e.names[name]
	return value, ok
}

// Get returns a variable, "" when it is not set.
func (e *Env) Get(name string) string {
	value, _ := e.Lookup(name)
	return value
}

// Source says to a person where a variable comes from: "the environment", or the name of the env file.
func (e *Env) Source(name string) string {
	for _, entry := range e.added {
		if strings.HasPrefix(entry, name+"=") {
			return e.file
		}
	}
	return "the environment"
}

// List is all variables as NAME=value, for a child process.
func (e *Env) List() []string {
	return append(append([]string{}, e.process...), e.added...)
}
