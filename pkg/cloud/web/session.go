package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/cloud"
)

// cookieName is that of the session. With the prefix a browser takes it by https from this host
// only and gives it to no other.
func (s *Site) cookieName() string {
	if s.secure {
		return "__Host-prisma1"
	}
	return "prisma1"
}

func (s *Site) cookie(name, value string, seconds int) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode}
}

func (s *Site) session(r *http.Request) string {
	cookie, err := r.Cookie(s.cookieName())
	if err != nil {
		return ""
	}
	return cookie.Value
}

// begin signs a browser in and leads it on.
func (s *Site) begin(w http.ResponseWriter, r *http.Request, user *cloud.User, next string) {
	secret, err := s.cloud.NewSession(r.Context(), user.ID)
	if err != nil {
		s.internal(w, r, err)
		return
	}
	if old := s.session(r); old != "" { // a session that was there before is not used on
		if err := s.cloud.EndSession(r.Context(), old); err != nil {
			s.log.Error("end an old session", "cause", err)
		}
	}
	s.log.Info("signed in", "user", user.ID, "address", s.address(r))
	http.SetCookie(w, s.cookie(s.cookieName(), secret, int(cloud.SessionLifetime.Seconds())))
	http.Redirect(w, r, local(next), http.StatusSeeOther)
}

// local returns a path of this site, "/" for an address of any other.
func local(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}

// A personalPage is one for somebody who is signed in.
type personalPage func(w http.ResponseWriter, r *http.Request, user *cloud.User)

// signedIn shows a page to who is signed in; all others sign in first. What was sent to be done is not done then.
func (s *Site) signedIn(page personalPage) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, err := s.cloud.SessionUser(r.Context(), s.session(r))
		if err != nil {
			s.internal(w, r, err)
			return
		}
		if user == nil {
			next := "/"
			if r.Method == http.MethodGet {
				next = r.URL.RequestURI()
			}
			http.Redirect(w, r, "/sign-in?next="+url.QueryEscape(next), http.StatusSeeOther)
			return
		}
		page(w, r, user)
	})
}

func (s *Site) showSignIn(w http.ResponseWriter, r *http.Request) {
	s.show(w, r, http.StatusOK, "sign-in", view{Next: local(r.URL.Query().Get("next"))})
}

func (s *Site) signIn(w http.ResponseWriter, r *http.Request) {
	email, next := r.PostFormValue("email"), local(r.PostFormValue("next"))
	user, err := s.cloud.SignIn(r.Context(), email, r.PostFormValue("password"), s.address(r))
	if err != nil {
		s.log.Info("sign-in refused", "address", s.address(r)) // the email may be a password in the wrong field
		s.again(w, r, "sign-in", view{Next: next, Email: email}, err)
		return
	}
	s.begin(w, r, user, next)
}

func (s *Site) signOut(w http.ResponseWriter, r *http.Request) {
	if err := s.cloud.EndSession(r.Context(), s.session(r)); err != nil {
		s.internal(w, r, err)
		return
	}
	http.SetCookie(w, s.cookie(s.cookieName(), "", -1))
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}
