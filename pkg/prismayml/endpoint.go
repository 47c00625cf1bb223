package prismayml

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// An Endpoint is the URL of a service on a stage, taken apart.
type Endpoint struct {
	Base      string // scheme, host and port: "http://localhost:4466"
	Service   string
	Stage     string
	Workspace string // "" when none
	Cluster   string // name of the server: "local", "default", "prisma-eu1", …
	Shared    bool   // one of the two demo servers of the former cloud
	Private   bool   // not shared and not on this machine

	inPath bool // the workspace is part of the path
}

const defaultName = "default"

// ParseEndpoint takes a service URL apart.
//
// The rules are those of Prisma 1 (prisma-yml, parseEndpoint.ts), but a trailing slash
// does not change the meaning of the path.
func ParseEndpoint(text string) (Endpoint, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Scheme == "" {
		return Endpoint{}, fmt.Errorf("endpoint %q is not a URL; it looks like http://localhost:4466/service/stage", WithoutPassword(text))
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return Endpoint{}, fmt.Errorf("%s is not a valid endpoint. It must start with http:// or https://", WithoutPassword(text))
	}
	if u.Hostname() == "" {
		return Endpoint{}, fmt.Errorf("endpoint %q names no host; it looks like http://localhost:4466/service/stage", WithoutPassword(text))
	}
	if port, err := strconv.ParseUint(u.Port(), 10, 16); u.Port() != "" && (err != nil || port == 0) {
		return Endpoint{}, fmt.Errorf("endpoint %q names the port %s; ports go from 1 to 65535", WithoutPassword(text), u.Port())
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return Endpoint{}, fmt.Errorf("the endpoint %s%s must end with the stage; ? and # have no place in it", origin(u), u.EscapedPath())
	}
	e := Endpoint{Base: origin(u), Service: defaultName, Stage: defaultName}
	e.namePath(strings.TrimRight(u.EscapedPath(), "/"))
	e.nameServer(u)
	return e, nil
}

// WithoutPassword is an address as it may be shown, whether it is a right one or not: without
// what stands in front of its @.
func WithoutPassword(address string) string {
	at := strings.LastIndex(address, "@")
	if at < 0 {
		return address
	}
	begin := strings.Index(address, "//") + len("//")
	if begin < len("//") || begin > at {
		begin = 0
	}
	return address[:begin] + address[at+1:]
}

// origin is scheme, host and port as a browser writes them: lower case, no default port.
func origin(u *url.URL) string {
	host := strings.ToLower(u.Host)
	port := u.Port()
	if u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443" {
		host = strings.TrimSuffix(host, ":"+port)
	}
	return u.Scheme + "://" + strings.TrimSuffix(host, ":")
}

func (e *Endpoint) namePath(path string) {
	if path == "" {
		return
	}
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	switch len(parts) {
	case 1:
		e.Service = parts[0]
	case 2:
		e.Service, e.Stage = parts[0], parts[1]
	default:
		e.Workspace, e.Service, e.Stage = parts[0], parts[1], parts[2]
		e.inPath = true
	}
}

func (e *Endpoint) nameServer(u *url.URL) {
	host := strings.ToLower(u.Hostname())
	e.Shared = host == "eu1.prisma.sh" || host == "us1.prisma.sh"
	onThisMachine := host == "localhost" || host == "127.0.0.1" || host == "prisma"
	e.Private = !e.Shared && !onThisMachine
	if e.Private && e.Workspace == "" {
		e.Workspace = workspaceOf(e.Base)
	}
	e.Cluster = clusterOf(e.Base, host)
}

// workspaceOf reads "workspace" from "https://server_workspace.prisma.sh".
func workspaceOf(base string) string {
	_, rest, found := strings.Cut(base, "_")
	if !found {
		return ""
	}
	workspace, _, _ := strings.Cut(rest, ".")
	return workspace
}

func clusterOf(base, host string) string {
	switch {
	case host == "eu1.prisma.sh" || host == "us1.prisma.sh":
		return "prisma-" + host[:3]
	case strings.HasSuffix(base, "prisma.sh"):
		name, _, _ := strings.Cut(host, "_")
		return name
	case strings.Contains(base, "localhost") || strings.Contains(base, "127.0.0.1"):
		return "local"
	}
	return "default"
}

// HTTP is the URL of the data API, without the parts that are "default".
func (e Endpoint) HTTP() string {
	switch {
	case e.inPath:
		return e.Base + "/" + e.Workspace + "/" + e.Service + "/" + e.Stage
	case !e.Shared && e.Stage == defaultName && e.Service == defaultName:
		return e.Base
	case !e.Shared && e.Stage == defaultName:
		return e.Base + "/" + e.Service
	}
	return e.Base + "/" + e.Service + "/" + e.Stage
}

// WebSocket is HTTP with the scheme of sockets.
func (e Endpoint) WebSocket() string { return "ws" + strings.TrimPrefix(e.HTTP(), "http") }

// Name is the service's name in requests to the management API. A workspace in the path is part of
// it, as it is for every server; the CLI of Prisma 1 knew that of its own two shared servers only
// and deployed to a service of another path elsewhere.
func (e Endpoint) Name() string {
	if e.inPath {
		return e.Workspace + "~" + e.Service
	}
	return e.Service
}
