package auth

import (
	"crypto/rand"
	"crypto/rsa"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/prisma1-go/prisma1/pkg/fault"
)

const secret = "a-secret"

var ours = []Verifier{SecretVerifier(secret)}

func token(t *testing.T, method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	t.Helper()
	text, err := jwt.NewWithClaims(method, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestVerifyManagement(t *testing.T) {
	t.Parallel()
	hour := time.Now().Add(time.Hour).Unix()
	ago := func(d time.Duration) int64 { return time.Now().Add(-d).Unix() }
	all := []any{map[string]any{"target": "*/*", "action": "*"}}
	hs := func(claims jwt.MapClaims) string { return token(t, jwt.SigningMethodHS256, []byte(secret), claims) }
	grant := func(target string) string {
		return hs(jwt.MapClaims{"exp": hour, "grants": []any{map[string]any{"target": target, "action": "deploy"}}})
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	good := hs(jwt.MapClaims{"exp": hour, "grants": all})
	signed, err := SignManagement(SecretSigner(secret), nil, time.Hour)
	if err != nil {
		t.Fatal(err)
	}

	const ok = ""
	tests := []struct{ name, authorization, want string }{
		{"signed by us", "Bearer " + signed, ok},
		{"without Bearer", good, ok},
		{"exact grant", grant("shop/dev"), ok},
		{"any stage", grant("shop/*"), ok},
		{"any service", grant("*/dev"), ok},
		{"expired within the skew", hs(jwt.MapClaims{"exp": ago(30 * time.Second), "grants": all}), ok},
		{"starts within the skew", hs(jwt.MapClaims{"exp": hour, "nbf": ago(-30 * time.Second), "grants": all}), ok},
		{"no header", "", "'Authorization' header not provided"},
		{"no token", "Bearer undefined", "decoded"},
		{"wrong secret", token(t, jwt.SigningMethodHS256, []byte("other"), jwt.MapClaims{"exp": hour, "grants": all}), "decoded"},
		{"alg none", token(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, jwt.MapClaims{"exp": hour, "grants": all}), "decoded"},
		{"HS512", token(t, jwt.SigningMethodHS512, []byte(secret), jwt.MapClaims{"exp": hour, "grants": all}), "decoded"},
		{"RS256", token(t, jwt.SigningMethodRS256, rsaKey, jwt.MapClaims{"exp": hour, "grants": all}), "decoded"},
		{"expired", hs(jwt.MapClaims{"exp": ago(2 * time.Minute), "grants": all}), "decoded"},
		{"not yet", hs(jwt.MapClaims{"exp": hour, "nbf": ago(-2 * time.Minute), "grants": all}), "decoded"},
		{"exp is text", hs(jwt.MapClaims{"exp": "tomorrow", "grants": all}), "decoded"},
		{"changed payload", good[:len(good)-50] + "A" + good[len(good)-49:], "decoded"},
		{"too long", strings.Repeat("a", 20_000), "decoded"},
		{"many dots", strings.Repeat(".", 10_000), "decoded"},
		{"no exp", hs(jwt.MapClaims{"grants": all}), "Failed to parse token data"},
		{"no grants", hs(jwt.MapClaims{"exp": hour}), "Failed to parse token data"},
		{"grants is null", hs(jwt.MapClaims{"exp": hour, "grants": nil}), "Failed to parse token data"},
		{"grants are text", hs(jwt.MapClaims{"exp": hour, "grants": []string{"*/*"}}), "Failed to parse token data"},
		{"grant without action", hs(jwt.MapClaims{"exp": hour, "grants": []any{map[string]any{"target": "*/*"}}}), "Failed to parse token data"},
		{"three parts", grant("a/b/c"), "Contained invalid grant 'Vector(a, b, c)'"},
		{"half a grant", grant("/dev"), "Both service and stage must be defined in grant 'TokenGrant(/dev,deploy)'"},
		{"other service", grant("blog/dev"), "Token contained 1 grants but none satisfied the request."},
		{"other action", hs(jwt.MapClaims{"exp": hour, "grants": []any{map[string]any{"target": "*/*", "action": "deleteProject"}}}), "Token contained 1 grants but none satisfied the request."},
		{"the second grant", hs(jwt.MapClaims{"exp": hour, "grants": []any{map[string]any{"target": "*/*", "action": "project"}, map[string]any{"target": "shop/dev", "action": "deploy"}}}), ok},
		{"no prefix matching", grant("sho/dev"), "Token contained 1 grants but none satisfied the request."},
		{"empty grants", hs(jwt.MapClaims{"exp": hour, "grants": []any{}}), "Token contained 0 grants but none satisfied the request."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := new(Cache).VerifyManagement(ours, test.authorization, "deploy", "shop", "dev")
			if test.want == ok {
				if err != nil {
					t.Fatalf("got %v, want no error", err)
				}
				return
			}
			if fault.CodeOf(err) != fault.ManagementToken {
				t.Fatalf("got %v (code %d), want code %d", err, fault.CodeOf(err), fault.ManagementToken)
			}
			if !strings.HasPrefix(err.Error(), "Authentication token is invalid: ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %q, want …%s…", err, test.want)
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the message %q tells the secret", err)
			}
		})
	}
}

func TestVerifyManagementOfAllServices(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]fault.Code{"*/*": 0, "shop/dev": fault.ManagementToken, "*/dev": fault.ManagementToken} {
		token, err := SignManagement(SecretSigner(secret), []Grant{{target, "*"}}, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if got := fault.CodeOf(new(Cache).VerifyManagement(ours, token, "deploy", "", "")); got != want {
			t.Errorf("grant %s: code %d, want %d", target, got, want)
		}
	}
}

func TestVerifyManagementWithoutSecretIsOpen(t *testing.T) {
	t.Parallel()
	for _, authorization := range []string{"", "Bearer null", "anything"} {
		if err := new(Cache).VerifyManagement(nil, authorization, "deploy", "shop", "dev"); err != nil {
			t.Errorf("%q: %v", authorization, err)
		}
	}
}

func TestVerifyService(t *testing.T) {
	t.Parallel()
	service, err := SignService(secret, "shop", "dev", ServiceLifetime)
	if err != nil {
		t.Fatal(err)
	}
	day, err := SignProject([]string{secret, "old"})
	if err != nil {
		t.Fatal(err)
	}
	endless := token(t, jwt.SigningMethodHS256, []byte(secret), jwt.MapClaims{})
	expired := token(t, jwt.SigningMethodHS256, []byte(secret), jwt.MapClaims{"exp": time.Now().Add(-time.Hour).Unix()})
	unsignedKey := token(t, jwt.SigningMethodHS256, []byte(""), jwt.MapClaims{})

	tests := []struct {
		name          string
		secrets       []string
		authorization string
		ok            bool
	}{
		{"open service", nil, "Bearer undefined", true},
		{"signed by us", []string{secret}, "Bearer " + service, true},
		{"second of two secrets", []string{"new", secret}, service, true},
		{"project token", []string{secret}, day, true},
		{"without exp", []string{secret}, endless, true},
		{"no header", []string{secret}, "", false},
		{"expired", []string{secret}, expired, false},
		{"other secret", []string{"other"}, service, false},
		{"empty secret signs nothing", []string{""}, unsignedKey, false},
		{"lower-case scheme", []string{secret}, "bearer " + service, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := new(Cache).VerifyService(test.secrets, test.authorization)
			if (err == nil) != test.ok || (err != nil && fault.CodeOf(err) != fault.InvalidToken) {
				t.Errorf("got %v, want ok = %v", err, test.ok)
			}
		})
	}
}

func TestEmptySecretsDoNotSign(t *testing.T) {
	t.Parallel()
	if _, err := SignService("", "shop", "dev", time.Hour); err == nil {
		t.Error("SignService signed with an empty secret")
	}
	if text, err := SignProject(nil); text != "" || err != nil {
		t.Errorf("SignProject of an open service = %q, %v, want nothing", text, err)
	}
}
