// Package web is the cloud's HTTP: the API that CLIs call and the pages that people see.
//
//	POST /              API
//	GET  /              workspaces; /workspaces/NAME one of them, /logins the computers that are let in
//	GET  /sign-in       email and password, or OpenID Connect
//	GET  /cli-auth      "allow this computer?"
//	GET  /invitation    an account or a membership for whoever has the link
//
// The pages are plain HTML, work without JavaScript and load nothing from elsewhere.
package web

import (
	"cmp"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/prisma1-go/prisma1/pkg/cloud"
	"github.com/prisma1-go/prisma1/pkg/cuid"
)

const (
	maxBody = 1 << 20 // bytes of a request
	maxForm = 64 << 10
)

// Config is what the pages need to know.
type Config struct {
	URL    string // where browsers and CLIs reach the cloud: scheme, host and port
	OpenID *OpenID
}

// A Site is the HTTP side of one cloud. It serves from several goroutines.
type Site struct {
	cloud  *cloud.Cloud
	config Config
	secure bool // the cloud is reached by https
	openID *provider
	log    *slog.Logger
}

// New returns the site of an opened cloud.
func New(c *cloud.Cloud, config Config, log *slog.Logger) (*Site, error) {
	u, err := url.Parse(config.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("the address of the cloud looks like https://cloud.example.org")
	}
	config.URL = u.Scheme + "://" + u.Host
	s := &Site{cloud: c, config: config, secure: u.Scheme == "https", log: log}
	if config.OpenID != nil {
		s.openID = newProvider(*config.OpenID, config.URL+openIDCallback)
	}
	if !s.secure && !Loopback(u.Hostname()) {
		log.Warn("PASSWORDS AND KEYS ARE SENT UNENCRYPTED: the cloud is reached by http beyond this machine; put a proxy with TLS before it and give its address with --url", "url", config.URL)
	}
	return s, nil
}

// Loopback tells whether a host is this machine.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Handler answers every request of the site.
func (s *Site) Handler() http.Handler {
	pages := http.NewServeMux()
	pages.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `"OK"`)
	})
	pages.HandleFunc("GET /style.css", serveStyle)
	pages.HandleFunc("GET /sign-in", s.showSignIn)
	pages.HandleFunc("POST /sign-in", s.signIn)
	pages.HandleFunc("POST /sign-out", s.signOut)
	pages.HandleFunc("GET /invitation", s.showInvitation)
	pages.HandleFunc("POST /invitation", s.acceptInvitation)
	pages.HandleFunc("GET "+openIDStart, s.startOpenID)
	pages.HandleFunc("GET "+openIDCallback, s.finishOpenID)
	for pattern, page := range s.personal() {
		pages.Handle(pattern, s.signedIn(page))
	}
	pages.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, http.StatusNotFound, "There is no such page.")
	})
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, http.StatusForbidden, "This form was sent by another site. Nothing was done.")
	}))
	guarded := guard.Handler(pages)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		if r.Method == http.MethodPost && r.URL.Path == "/" {
			s.answerAPI(w, r)
		} else {
			protect(w.Header())
			r.Body = http.MaxBytesReader(w, r.Body, maxForm)
			guarded.ServeHTTP(w, r)
		}
		s.log.Debug("request", "method", r.Method, "path", r.URL.Path, "ms", time.Since(start).Milliseconds())
	})
}

// protect lets the page load its style and send forms to this site, and nothing else. Nobody is
// told where a link was clicked, because addresses here hold secrets.
func protect(header http.Header) {
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
}

// answerAPI answers CLIs. A browser's cookie means nothing here.
func (s *Site) answerAPI(w http.ResponseWriter, r *http.Request) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/json" {
		http.Error(w, "The request's Content-Type is not supported. Expected:\napplication/json", http.StatusUnsupportedMediaType)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "The request could not be read, or is larger than 1 MB.", http.StatusRequestEntityTooLarge)
		return
	}
	requestID := "cloud:" + cuid.New()
	w.Header().Set("Request-Id", requestID)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	status, answer := s.cloud.Answer(r.Context(), cloud.Caller{
		Authorization: r.Header.Get("Authorization"),
		Address:       s.address(r),
		Computer:      r.UserAgent(),
		RequestID:     requestID,
	}, body)
	w.WriteHeader(status)
	w.Write(answer) // a client that went away is no error of ours
}

// address is where a request comes from. A proxy on this machine is believed when it says for whom it asks.
func (s *Site) address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if !Loopback(host) {
		return host
	}
	forwarded := r.Header.Get("X-Forwarded-For")
	last := strings.TrimSpace(forwarded[strings.LastIndexByte(forwarded, ',')+1:])
	if ip := net.ParseIP(last); ip != nil {
		return ip.String()
	}
	return cmp.Or(host, "unknown")
}
