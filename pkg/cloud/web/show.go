package web

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"time"

	"github.com/prisma1-go/prisma1/pkg/cloud"
	"github.com/prisma1-go/prisma1/pkg/cuid"
	"github.com/prisma1-go/prisma1/pkg/fault"
)

//go:embed pages/*.html pages/style.css
var files embed.FS

// templates holds the frame with each page in it. It is part of the program, so it always parses.
var templates = parseTemplates("sign-in", "invitation", "workspaces", "workspace", "delete", "deleted", "server", "logins", "computer", "message")

func parseTemplates(names ...string) map[string]*template.Template {
	functions := template.FuncMap{"day": func(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }}
	all := make(map[string]*template.Template)
	for _, name := range names {
		all[name] = template.Must(template.New("frame.html").Funcs(functions).ParseFS(files, "pages/frame.html", "pages/"+name+".html"))
	}
	return all
}

// A view is what a page shows.
type view struct {
	User    *cloud.User // who is signed in
	Problem string      // what went wrong

	Title, Text string // of a message
	Next        string
	Email       string
	OpenID      string // name of the provider, "" without
	Insecure    bool   // passwords are sent unencrypted
	URL         string // of the cloud

	Secret     string // of an invitation or a computer
	Invitation *cloud.Invitation

	Computer, Address string
	Since             time.Time
	Logins            []cloud.Login

	Memberships []cloud.Membership
	Workspace   *cloud.Membership
	Deletion    cloud.Deletion
	Shared      []cloud.Server
	Server      *cloud.Server
	KeyLines    []string // of a public key
	Link        string   // an invitation's
}

// show sends a page.
func (s *Site) show(w http.ResponseWriter, r *http.Request, status int, page string, v view) {
	if s.openID != nil {
		v.OpenID = s.openID.config.label()
	}
	v.URL = s.config.URL
	v.Insecure = !s.secure && !Loopback(hostOf(s.config.URL))
	var b bytes.Buffer
	if err := templates[page].Execute(&b, v); err != nil {
		s.log.Error("show page "+page, "cause", err)
		http.Error(w, "The page could not be shown.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(b.Bytes()) // a browser that went away is no error of ours
	}
}

// fail shows a message in place of a page.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, status int, text string) {
	s.show(w, r, status, "message", view{Title: http.StatusText(status), Text: text})
}

// internal shows the one sentence for what is our fault, with a number that the log has too.
func (s *Site) internal(w http.ResponseWriter, r *http.Request, err error) {
	id := "cloud:" + cuid.New()
	if r.Context().Err() == nil {
		s.log.Error("page failed", "requestId", id, "path", r.URL.Path, "cause", err)
	}
	s.fail(w, r, http.StatusInternalServerError, "Something went wrong on our side. The log of the cloud has more under "+id+".")
}

// again shows a page with what was wrong about its form.
func (s *Site) again(w http.ResponseWriter, r *http.Request, page string, v view, err error) {
	f, ok := errors.AsType[*fault.Error](err)
	switch {
	case !ok:
		s.internal(w, r, err)
	case f.Code == fault.NotAuthorized:
		s.fail(w, r, http.StatusForbidden, "You may not do that.")
	default:
		v.Problem = f.Message
		s.show(w, r, http.StatusUnprocessableEntity, page, v)
	}
}

func serveStyle(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "max-age=3600")
	http.ServeFileFS(w, r, files, "pages/style.css")
}
