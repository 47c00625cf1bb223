package web

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// issuer is a provider of OpenID Connect on loopback: discovery, keys, authorization code with
// PKCE. Who comes to sign in is the person in its fields.
type issuer struct {
	t   *testing.T
	url string
	key *ecdsa.PrivateKey

	mu     sync.Mutex
	claims jwt.MapClaims // of the person; sub, email …
	broken string        // what it does wrong: "nonce", "key", "audience", "expired" or "no token"
	codes  map[string]url.Values
}

const clientSecret = "a client's secret"

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{t: t, key: key, codes: make(map[string]url.Values)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.discovery)
	mux.HandleFunc("GET /keys", i.keys)
	mux.HandleFunc("GET /authorize", i.authorize)
	mux.HandleFunc("POST /token", i.token)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	i.url = server.URL
	return i
}

// person says who signs in next, and what the issuer does wrong about it.
func (i *issuer) person(claims jwt.MapClaims, broken string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.claims, i.broken = claims, broken
}

func (i *issuer) discovery(w http.ResponseWriter, _ *http.Request) {
	i.answer(w, map[string]any{
		"issuer": i.url, "authorization_endpoint": i.url + "/authorize", "token_endpoint": i.url + "/token", "jwks_uri": i.url + "/keys",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"ES256"},
	})
}

func (i *issuer) keys(w http.ResponseWriter, _ *http.Request) {
	public, err := i.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		i.t.Error(err)
		return
	}
	encode := base64.RawURLEncoding.EncodeToString
	i.answer(w, map[string]any{"keys": []map[string]string{{
		"kty": "EC", "crv": "P-256", "kid": "1", "use": "sig", "alg": "ES256", "x": encode(public[1:33]), "y": encode(public[33:]),
	}}})
}

func (i *issuer) answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(value)
}

func (i *issuer) authorize(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	query := r.URL.Query()
	code := rand.Text()
	i.codes[code] = query
	http.Redirect(w, r, query.Get("redirect_uri")+"?"+url.Values{"code": {code}, "state": {query.Get("state")}}.Encode(), http.StatusFound)
}

func (i *issuer) token(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	asked, known := i.codes[r.PostFormValue("code")]
	delete(i.codes, r.PostFormValue("code"))
	user, secret, _ := r.BasicAuth()
	if user == "" {
		user, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if decoded, err := url.QueryUnescape(secret); err == nil {
		secret = decoded
	}
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || user != "prisma1" || secret != clientSecret || asked.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) || asked.Get("redirect_uri") != r.PostFormValue("redirect_uri") {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	claims := jwt.MapClaims{"iss": i.url, "aud": "prisma1", "nonce": asked.Get("nonce"), "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix()}
	for name, value := range i.claims {
		claims[name] = value
	}
	key := i.key
	switch i.broken {
	case "nonce":
		claims["nonce"] = "another"
	case "audience":
		claims["aud"] = "somebody else"
	case "expired":
		claims["exp"] = time.Now().Add(-time.Hour).Unix()
	case "key":
		key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	one := jwt.NewWithClaims(jwt.SigningMethodES256, claims)
	one.Header["kid"] = "1"
	text, err := one.SignedString(key)
	if err != nil {
		i.t.Error(err)
	}
	answer := map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": text}
	if i.broken == "no token" {
		delete(answer, "id_token")
	}
	i.answer(w, answer)
}

// signIn goes to the issuer and back. change may tamper with the address that the browser is sent back to.
func (s *testSite) signInAt(b *http.Client, next string, change func(*url.URL)) (int, http.Header, string) {
	s.t.Helper()
	status, header, body := s.get(b, openIDStart+"?next="+url.QueryEscape(next))
	if status != http.StatusSeeOther {
		s.t.Fatalf("start: %d %s", status, body)
	}
	_, header, _ = s.read(b.Get(header.Get("Location")))
	back, err := url.Parse(header.Get("Location"))
	if err != nil {
		s.t.Fatal(err)
	}
	if change != nil {
		change(back)
	}
	return s.get(b, back.RequestURI())
}

func TestOpenID(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	s := start(t, func(c *Config) {
		c.OpenID = &OpenID{Issuer: i.url, ClientID: "prisma1", ClientSecret: clientSecret, Name: "the school", Domains: []string{"School.example"}}
	})
	if _, _, body := s.get(s.browser(""), "/sign-in"); !strings.Contains(body, "Sign in with the school") {
		t.Errorf("no button: %s", body)
	}
	anna := jwt.MapClaims{"sub": "1", "email": "Anna@school.example", "email_verified": true, "name": "Anna"}
	for range 2 { // the first time makes the account
		i.person(anna, "")
		b := s.browser("")
		if status, header, body := s.signInAt(b, "/logins", nil); status != http.StatusSeeOther || header.Get("Location") != "/logins" {
			t.Fatalf("sign in: %d %s", status, body)
		}
		if _, _, body := s.get(b, "/"); !strings.Contains(body, "anna@school.example") {
			t.Errorf("signed in as somebody else: %s", body)
		}
	}
	i.person(jwt.MapClaims{"sub": "1", "email": "anna.new@school.example"}, "") // known by subject
	b := s.browser("")
	s.signInAt(b, "/", nil)
	if _, _, body := s.get(b, "/"); !strings.Contains(body, "anna@school.example") {
		t.Errorf("another email made another account: %s", body)
	}
	for name, test := range map[string]struct {
		claims jwt.MapClaims
		broken string
		want   string
		change func(*url.URL)
	}{
		"another domain":          {jwt.MapClaims{"sub": "2", "email": "x@evil.example"}, "", "other email addresses", nil},
		"domain as a subdomain":   {jwt.MapClaims{"sub": "2", "email": "x@evil.school.example"}, "", "other email addresses", nil},
		"email not verified":      {jwt.MapClaims{"sub": "2", "email": "x@school.example", "email_verified": false}, "", "did not vouch", nil},
		"no email":                {jwt.MapClaims{"sub": "2"}, "", "did not vouch", nil},
		"another nonce":           {anna, "nonce", "did not vouch", nil},
		"another key":             {anna, "key", "did not vouch", nil},
		"another audience":        {anna, "audience", "did not vouch", nil},
		"expired":                 {anna, "expired", "did not vouch", nil},
		"no token":                {anna, "no token", "did not vouch", nil},
		"another state":           {anna, "", "sign in again", func(u *url.URL) { u.RawQuery = strings.Replace(u.RawQuery, "state=", "state=x", 1) }},
		"no state":                {anna, "", "sign in again", func(u *url.URL) { u.RawQuery = "code=x" }},
		"another code":            {anna, "", "did not vouch", func(u *url.URL) { u.RawQuery = strings.Replace(u.RawQuery, "code=", "code=x", 1) }},
		"the provider says error": {anna, "", "did not vouch", func(u *url.URL) { u.RawQuery += "&error=access_denied" }},
	} {
		i.person(test.claims, test.broken)
		b := s.browser("")
		status, header, body := s.signInAt(b, "/", test.change)
		if status == http.StatusSeeOther || !strings.Contains(body, test.want) || strings.Contains(header.Get("Set-Cookie"), "prisma1=") {
			t.Errorf("%s: %d %s", name, status, body)
		}
		if status, _, _ := s.get(b, "/"); status != http.StatusSeeOther {
			t.Errorf("%s: signed in all the same", name)
		}
	}
	if log := s.log.String(); strings.Contains(log, clientSecret) || strings.Contains(log, "eyJ") {
		t.Errorf("the log tells secrets: %s", log)
	}
}

// TestOpenIDTakesNoAccount: who has an account with a password is not replaced by somebody whom
// the provider calls by that email.
func TestOpenIDTakesNoAccount(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	s := start(t, func(c *Config) {
		c.OpenID = &OpenID{Issuer: i.url, ClientID: "prisma1", ClientSecret: clientSecret, Domains: []string{"*"}}
	})
	i.person(jwt.MapClaims{"sub": "9", "email": "jane@example.org"}, "")
	if status, _, body := s.signInAt(s.browser(""), "/", nil); status != http.StatusUnprocessableEntity || !strings.Contains(body, "There is an account of jane@example.org already.") {
		t.Errorf("%d %s", status, body)
	}
}

// TestOpenIDProviderIsGone: the cloud starts and serves without it, and says so to who clicks.
func TestOpenIDProviderIsGone(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *Config) {
		c.OpenID = &OpenID{Issuer: "http://127.0.0.1:1", ClientID: "prisma1", Domains: []string{"*"}}
	})
	if status, _, body := s.get(s.browser(""), openIDStart); status != http.StatusBadGateway || !strings.Contains(body, "does not answer") {
		t.Errorf("%d %s", status, body)
	}
	without := start(t, nil)
	for _, path := range []string{openIDStart, openIDCallback + "?state=x&code=y"} {
		if status, _, _ := without.get(without.browser(""), path); status != http.StatusNotFound {
			t.Errorf("%s without a provider: %d", path, status)
		}
	}
}
