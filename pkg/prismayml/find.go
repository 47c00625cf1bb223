package prismayml

import (
	"errors"
	"os"
	"path/filepath"
)

// ErrNotFound means that no service definition belongs to a folder.
var ErrNotFound = errors.New("Couldn’t find `prisma.yml` file. Are you in the right directory?")

// Find returns the path of the service definition that belongs to dir.
//
// The order is the original's (prisma-cli-engine, Config.ts): dir/prisma.yml,
// dir/prisma/prisma.yml, what the nearest .graphqlconfig upwards names, the nearest prisma.yml
// upwards. ErrNotFound when there is none.
func Find(dir string) (string, error) {
	for _, path := range []string{filepath.Join(dir, "prisma.yml"), filepath.Join(dir, "prisma", "prisma.yml")} {
		if isFile(path) {
			return path, nil
		}
	}
	if path := findByGraphQLConfig(dir); path != "" {
		return path, nil
	}
	for folder := filepath.Dir(dir); ; folder = filepath.Dir(folder) {
		if path := filepath.Join(folder, "prisma.yml"); isFile(path) {
			return path, nil
		}
		if folder == filepath.Dir(folder) {
			return "", ErrNotFound
		}
	}
}

func findByGraphQLConfig(dir string) string {
	for folder := dir; ; folder = filepath.Dir(folder) {
		for _, name := range []string{".graphqlconfig", ".graphqlconfig.yml", ".graphqlconfig.yaml"} {
			if path := filepath.Join(folder, name); isFile(path) {
				return definitionOf(path, dir)
			}
		}
		if folder == filepath.Dir(folder) {
			return ""
		}
	}
}

// definitionOf reads extensions.prisma of a .graphqlconfig, of the file itself or of a project in it.
func definitionOf(config, dir string) string {
	text, err := os.ReadFile(config)
	if err != nil {
		return ""
	}
	root, err := parse(text)
	if err != nil {
		return ""
	}
	candidates := []string{textOf(lookup(root, "extensions.prisma"))}
	if projects := child(root, "projects"); projects != nil {
		for _, project := range projects.Content {
			candidates = append(candidates, textOf(lookup(project, "extensions.prisma")))
		}
	}
	for _, name := range candidates {
		if name == "" {
			continue
		}
		for _, path := range []string{filepath.Join(dir, name), filepath.Join(filepath.Dir(config), name)} {
			if isFile(path) {
				return path
			}
		}
	}
	return ""
}

func isFile(path string) bool {
	stat, err := os.Stat(path)
	return err == nil && stat.Mode().IsRegular()
}
