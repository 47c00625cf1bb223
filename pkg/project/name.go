package project

import (
	"regexp"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/fault"
)

const (
	maxName  = 140 // characters of a service name
	maxStage = 30  // characters of a stage
)

var (
	namePattern  = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9\-_~]*$`)
	stagePattern = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9\-_]*$`)
	reserved     = map[string]bool{"cluster": true, "management": true, "export": true, "import": true}
)

// Check returns the fault of an ID that no service may have: 4006 or 4007 for
// a reserved name, 4001 or 4002 for a malformed one (AddProjectMutation.scala).
// Its sentence speaks of 30 characters for names too, as Prisma 1's does.
func (id ID) Check() error {
	switch {
	case reserved[id.Name]:
		return fault.New(fault.ReservedServiceName, "Service name %s is reserved. Please choose a different name.", id.Name)
	case reserved[id.Stage]:
		return fault.New(fault.ReservedStageName, "Stage name %s is reserved. Please choose a different stage name.", id.Stage)
	case len(id.Name) > maxName || !namePattern.MatchString(id.Name):
		return fault.New(fault.InvalidServiceName, "%s is not a valid name for a service name. It must start with a letter and may contain up to 30 letters, numbers, underscores and hyphens.", id.Name)
	case len(id.Stage) > maxStage || !stagePattern.MatchString(id.Stage):
		return fault.New(fault.InvalidStageName, "%s is not a valid name for a service stage. It must start with a letter and may contain up to 30 letters, numbers, underscores and hyphens.", id.Stage)
	}
	return nil
}

// FromPath returns the project that a URL path names: / is default/default,
// /name is name/default, /name/stage and /workspace/name/stage are written out.
// Empty segments do not count. ok is false for more than three (ProjectId.scala).
func FromPath(path string) (id ID, ok bool) {
	segments := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	switch len(segments) {
	case 0:
		return ID{"default", "default"}, true
	case 1:
		return ID{segments[0], "default"}, true
	case 2:
		return ID{segments[0], segments[1]}, true
	case 3:
		return ID{segments[0] + "~" + segments[1], segments[2]}, true
	}
	return ID{}, false
}

// Path is the URL path of a project, without its parts that go without saying.
func (id ID) Path() string {
	name := strings.Replace(id.Name, "~", "/", 1)
	switch {
	case id.Stage != "default" || name != id.Name:
		return "/" + name + "/" + id.Stage
	case id.Name != "default":
		return "/" + name
	}
	return "/"
}
