// Package project is a service on a stage as the server stores it.
package project

import (
	"strings"

	"github.com/prisma1-go/prisma1/pkg/schema"
)

// An ID names a project. The zero ID is none.
type ID struct {
	Name  string // service name; "workspace~service" on servers that several workspaces share
	Stage string
}

// Workspace is the workspace that a name says; "" when it says none.
func (id ID) Workspace() string {
	workspace, _, said := strings.Cut(id.Name, "~")
	if !said {
		return ""
	}
	return workspace
}

// A Project is one deployed service. It is not changed once loaded.
type Project struct {
	ID        ID
	Revision  int      // of the newest successful migration; grows with each deploy
	Secrets   []string // keys that verify service tokens; none leaves the service open
	Functions []Function
	Schema    *schema.Schema
	Datamodel string // the text that was deployed
}

// A Function is a server-side subscription: a query whose results are posted to a URL.
type Function struct {
	Name    string
	Query   string
	URL     string
	Headers []Header
}

// A Header is sent with each call of a function.
type Header struct{ Name, Value string }
