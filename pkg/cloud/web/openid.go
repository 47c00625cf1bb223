package web

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	openIDStart    = "/sign-in/openid"
	openIDCallback = "/sign-in/openid/callback"
	openIDTime     = 10 * time.Minute // to sign in at the provider
	openIDDeadline = 20 * time.Second // for one talk with the provider
)

// OpenID is a provider of OpenID Connect at which people sign in.
type OpenID struct {
	Issuer       string
	ClientID     string
	ClientSecret string // never logged
	Name         string // on the button; "" is the issuer's host

	// Domains are those of the emails that get an account, such as "example.org"; "*" is everybody
	// whom the provider knows. It must be said: a public provider knows the whole world.
	Domains []string
}

func (o OpenID) label() string { return cmp.Or(o.Name, hostOf(o.Issuer)) }

// Check says what is missing.
func (o OpenID) Check() error {
	switch {
	case o.Issuer == "" || o.ClientID == "":
		return errors.New("openid needs issuer and clientId")
	case len(o.Domains) == 0:
		return errors.New(`openid needs domains, the domains of the emails that get an account; "*" is everybody whom the provider knows`)
	}
	return nil
}

func (o OpenID) admits(email string) bool {
	_, domain, _ := strings.Cut(strings.ToLower(email), "@")
	return slices.Contains(o.Domains, "*") || slices.ContainsFunc(o.Domains, func(one string) bool { return strings.ToLower(one) == domain })
}

// A provider is asked for its addresses and keys when the first person signs in, so that the
// cloud starts without it.
type provider struct {
	config   OpenID
	callback string

	mu    sync.Mutex
	found *oidc.Provider
}

func newProvider(config OpenID, callback string) *provider {
	return &provider{config: config, callback: callback}
}

// discover returns the provider. Its keys are fetched later too, so the request's end must not stop it.
func (p *provider) discover(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil {
		client := &http.Client{Timeout: openIDDeadline}
		found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), client), p.config.Issuer)
		if err != nil {
			return nil, nil, err
		}
		p.found = found
	}
	return p.found, &oauth2.Config{
		ClientID: p.config.ClientID, ClientSecret: p.config.ClientSecret, Endpoint: p.found.Endpoint(),
		RedirectURL: p.callback, Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}, nil
}

// openIDCookie holds what a browser must show again when it comes back: state, nonce, verifier
// and where to go on, each in base64.
func (s *Site) openIDCookie() string { return s.cookieName() + "-openid" }

func (s *Site) startOpenID(w http.ResponseWriter, r *http.Request) {
	if s.openID == nil {
		s.fail(w, r, http.StatusNotFound, "There is no such page.")
		return
	}
	_, config, err := s.openID.discover(r.Context())
	if err != nil {
		s.log.Error("ask the OpenID provider", "issuer", s.openID.config.Issuer, "cause", err)
		s.fail(w, r, http.StatusBadGateway, "The sign-in of "+s.openID.config.label()+" does not answer. Please try again later.")
		return
	}
	state, nonce, verifier := rand.Text(), rand.Text(), oauth2.GenerateVerifier()
	next := base64.RawURLEncoding.EncodeToString([]byte(local(r.URL.Query().Get("next"))))
	http.SetCookie(w, s.cookie(s.openIDCookie(), strings.Join([]string{state, nonce, verifier, next}, "."), int(openIDTime.Seconds())))
	http.Redirect(w, r, config.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), http.StatusSeeOther)
}

func (s *Site) finishOpenID(w http.ResponseWriter, r *http.Request) {
	if s.openID == nil {
		s.fail(w, r, http.StatusNotFound, "There is no such page.")
		return
	}
	http.SetCookie(w, s.cookie(s.openIDCookie(), "", -1))
	cookie, err := r.Cookie(s.openIDCookie())
	if err != nil {
		s.fail(w, r, http.StatusBadRequest, "You were away too long, or began to sign in elsewhere. Please sign in again.")
		return
	}
	parts := strings.Split(cookie.Value, ".")
	if len(parts) != 4 || subtle.ConstantTimeCompare([]byte(parts[0]), []byte(r.URL.Query().Get("state"))) != 1 {
		s.fail(w, r, http.StatusBadRequest, "You were away too long, or began to sign in elsewhere. Please sign in again.")
		return
	}
	claims, err := s.openID.claims(r, parts[1], parts[2])
	if err != nil {
		s.log.Warn("sign in by OpenID", "issuer", s.openID.config.Issuer, "cause", err)
		s.fail(w, r, http.StatusForbidden, s.openID.config.label()+" did not vouch for you. Please sign in again.")
		return
	}
	if !s.openID.config.admits(claims.Email) {
		s.fail(w, r, http.StatusForbidden, "Accounts of this cloud are for other email addresses than yours. Please ask for an invitation.")
		return
	}
	user, err := s.cloud.SignInElsewhere(r.Context(), s.openID.config.Issuer, claims.Subject, claims.Email, claims.Name)
	if err != nil {
		s.again(w, r, "sign-in", view{Next: "/"}, err)
		return
	}
	next, err := base64.RawURLEncoding.DecodeString(parts[3])
	if err != nil {
		next = nil
	}
	s.begin(w, r, user, string(next))
}

// openIDClaims are what the provider says of a person.
type openIDClaims struct {
	Subject  string `json:"sub"`
	Email    string `json:"email"`
	Verified *bool  `json:"email_verified"` // nil when the provider does not say
	Name     string `json:"name"`
}

// claims trades the code for what the provider says. No error holds the code or a token.
func (p *provider) claims(r *http.Request, nonce, verifier string) (*openIDClaims, error) {
	if problem := r.URL.Query().Get("error"); problem != "" {
		return nil, fmt.Errorf("the provider answered %.60q", problem)
	}
	ctx, cancel := context.WithTimeout(r.Context(), openIDDeadline)
	defer cancel()
	found, config, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	token, err := config.Exchange(ctx, r.URL.Query().Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		return nil, errors.New("the provider did not take the code")
	}
	text, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, errors.New("the provider sent no id_token")
	}
	checked, err := found.Verifier(&oidc.Config{ClientID: p.config.ClientID}).Verify(ctx, text)
	if err != nil {
		return nil, fmt.Errorf("the id_token: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(checked.Nonce), []byte(nonce)) != 1 {
		return nil, errors.New("the id_token has another nonce")
	}
	var claims openIDClaims
	if err := checked.Claims(&claims); err != nil {
		return nil, err
	}
	if claims.Email == "" || claims.Verified != nil && !*claims.Verified {
		return nil, errors.New("the provider vouches for no email")
	}
	return &claims, nil
}
