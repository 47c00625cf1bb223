package cmd

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// suggestion is the service and stage of the address that was typed in, else of the folder.
func (w *wizard) suggestion() (service, stage string) {
	if e := w.typed; e.Service != "" && e.Service != "default" && (project.ID{Name: e.Service, Stage: e.Stage}).Check() == nil {
		return e.Service, e.Stage
	}
	return serviceName(w.folder), "dev"
}

// names asks for the service and stage until they are free, or meant to be deployed to again,
// and returns their path, "" for default/default.
func (w *wizard) names() (string, error) {
	suggestedService, suggestedStage := w.suggestion()
	for {
		service, err := w.input(w.given.Service, "service", "Choose a name for your service", suggestedService, func(name string) error {
			return project.ID{Name: name, Stage: "dev"}.Check()
		})
		if err != nil {
			return "", err
		}
		stage, err := w.input(w.given.Stage, "stage", "Choose a name for your stage", suggestedStage, func(name string) error {
			return project.ID{Name: service, Stage: name}.Check()
		})
		if err != nil {
			return "", err
		}
		if !w.isTaken(service, stage) {
			return servicePath(service, stage), nil
		}
		again, err := w.ask.Confirm(fmt.Sprintf("The server has a service %s on stage %s already. Deploy to that one?", service, stage), false)
		if err != nil || again {
			return servicePath(service, stage), err
		}
	}
}

// isTaken says whether the chosen server has such a service and nobody said that it is meant.
func (w *wizard) isTaken(service, stage string) bool {
	if w.given.Yes || w.given.Service != "" && w.given.Stage != "" {
		return false
	}
	return slices.ContainsFunc(w.taken, func(p client.Project) bool { return p.Name == service && p.Stage == stage })
}

func servicePath(service, stage string) string {
	switch {
	case service == "default" && stage == "default":
		return ""
	case stage == "default":
		return "/" + url.PathEscape(service)
	}
	return "/" + url.PathEscape(service) + "/" + url.PathEscape(stage)
}

// serviceName makes a service's name of its folder; the folder above one called prisma.
func serviceName(folder string) string {
	name := filepath.Base(folder)
	if name == "prisma" {
		name = filepath.Base(filepath.Dir(folder))
	}
	name = strings.Trim(regexp.MustCompile(`[^A-Za-z0-9_-]+`).ReplaceAllString(name, "-"), "-_")
	if name != "" && name[0] >= '0' && name[0] <= '9' {
		name = "service-" + name
	}
	if (project.ID{Name: name, Stage: "dev"}).Check() != nil {
		return "hello-world"
	}
	return name
}
