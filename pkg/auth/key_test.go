package auth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/prisma1-go/prisma1/pkg/fault"
)

// pair is a key pair in PEM and read.
type pair struct {
	private, public string
	signer          Signer
	verifiers       []Verifier
}

func newPair(t *testing.T, kind Kind) pair {
	t.Helper()
	private, public, err := NewPair(kind)
	if err != nil {
		t.Fatal(err)
	}
	p := pair{private: string(private), public: string(public)}
	if p.signer, err = ParsePrivateKey(p.private); err != nil {
		t.Fatal(err)
	}
	if p.verifiers, err = ParsePublicKeys(p.public); err != nil {
		t.Fatal(err)
	}
	return p
}

func encode(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func TestPairs(t *testing.T) {
	t.Parallel()
	algorithms := map[Kind]string{Ed25519: "EdDSA", RSA: "RS256", EC: "ES256"}
	for _, kind := range Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			ours, other := newPair(t, kind), newPair(t, kind)
			if got := ours.signer.Algorithm(); got != algorithms[kind] {
				t.Errorf("algorithm %s, want %s", got, algorithms[kind])
			}
			if !ours.signer.Fits(ours.verifiers[0]) || ours.signer.Fits(other.verifiers[0]) {
				t.Error("Fits mixes two pairs up")
			}
			token, err := SignManagement(ours.signer, nil, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			rotation := append(other.verifiers, ours.verifiers...)
			if err := new(Cache).VerifyManagement(rotation, "Bearer "+token, "deploy", "shop", "dev"); err != nil {
				t.Errorf("second of two keys: %v", err)
			}
			both := []Verifier{SecretVerifier(secret), ours.verifiers[0]}
			if err := new(Cache).VerifyManagement(both, token, "deploy", "shop", "dev"); err != nil {
				t.Errorf("key beside a secret: %v", err)
			}
			if err := new(Cache).VerifyManagement(other.verifiers, token, "deploy", "shop", "dev"); fault.CodeOf(err) != fault.ManagementToken {
				t.Errorf("foreign key: %v", err)
			}
			if err := new(Cache).VerifyManagement(ours.verifiers, token[:len(token)-4]+"AAAA", "deploy", "shop", "dev"); fault.CodeOf(err) != fault.ManagementToken {
				t.Errorf("tampered signature: %v", err)
			}
		})
	}
}

// TestTheKeyDecides shows that nothing in a token chooses how it is verified.
func TestTheKeyDecides(t *testing.T) {
	t.Parallel()
	pairs := map[Kind]pair{}
	for _, kind := range Kinds() {
		pairs[kind] = newPair(t, kind)
	}
	ours := pairs[RSA]
	claims := jwt.MapClaims{"exp": time.Now().Add(time.Hour).Unix(), "grants": everything}
	with := func(name string, value any) string { // properly signed by us, with one more header
		unsigned := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
		unsigned.Header[name] = value
		text, err := unsigned.SignedString(ours.signer.key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	good := token(t, jwt.SigningMethodRS256, ours.signer.key, claims)
	_, payload, _ := strings.Cut(good, ".")
	handmade := func(header string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + payload
	}
	const untrusted, foreign = "wrong algorithm", "its header must not have"
	tests := []struct{ name, token, want string }{
		{"good", good, ""},
		{"public key as HS256 secret", token(t, jwt.SigningMethodHS256, []byte(ours.public), claims), untrusted},
		{"public key without line end as HS256 secret", token(t, jwt.SigningMethodHS256, []byte(strings.TrimSpace(ours.public)), claims), untrusted},
		{"empty HS256 secret", token(t, jwt.SigningMethodHS256, []byte{}, claims), untrusted},
		{"none", token(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claims), untrusted},
		{"None with our signature", handmade(`{"alg":"None"}`), untrusted},
		{"RS384 with our key", token(t, jwt.SigningMethodRS384, ours.signer.key, claims), untrusted},
		{"PS256 with our key", token(t, jwt.SigningMethodPS256, ours.signer.key, claims), untrusted},
		{"EdDSA with another key", token(t, jwt.SigningMethodEdDSA, pairs[Ed25519].signer.key, claims), untrusted},
		{"ES256 with another key", token(t, jwt.SigningMethodES256, pairs[EC].signer.key, claims), untrusted},
		{"no algorithm", handmade(`{"typ":"JWT"}`), untrusted},
		{"algorithm is a list", handmade(`{"alg":["RS256"]}`), untrusted},
		{"kid", with("kid", "../../dev/null"), foreign},
		{"jku", with("jku", "http://localhost:1/keys"), foreign},
		{"jwk", with("jwk", map[string]string{"kty": "RSA"}), foreign},
		{"x5u", with("x5u", "http://localhost:1/cert"), foreign},
		{"x5c", with("x5c", []string{"MII"}), foreign},
		{"crit", with("crit", []string{"exp"}), foreign},
		{"long header", with("typ", strings.Repeat("J", 2000)), "at most 1024"},
		{"long token", good + strings.Repeat("A", maxToken), "at most 16384"},
		{"many dots", good + strings.Repeat(".", 1000), "3 parts"},
		{"two parts", good[:strings.LastIndex(good, ".")], "3 parts"},
		{"no signature", good[:strings.LastIndex(good, ".")+1], untrusted},
		{"header is a list", handmade(`[]`), "JSON object"},
		{"header is null", handmade(`null`), "JSON object"},
		{"header is no base64", "!" + good, "base64url"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := new(Cache).VerifyManagement(ours.verifiers, "Bearer "+test.token, "deploy", "shop", "dev")
			if test.want == "" {
				if err != nil {
					t.Errorf("got %v, want no error", err)
				}
				return
			}
			if fault.CodeOf(err) != fault.ManagementToken || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "decoded") {
				t.Errorf("got %v, want …%s…", err, test.want)
			}
			if err != nil && len(err.Error()) > 300 {
				t.Errorf("the message repeats the token: %d bytes", len(err.Error()))
			}
		})
	}
}

func TestZeroVerifierRefuses(t *testing.T) {
	t.Parallel()
	empty := token(t, jwt.SigningMethodHS256, []byte{}, jwt.MapClaims{"exp": time.Now().Add(time.Hour).Unix(), "grants": everything})
	for _, v := range []Verifier{{}, SecretVerifier("")} {
		if err := new(Cache).VerifyManagement([]Verifier{v}, empty, "deploy", "", ""); err == nil {
			t.Error("a verifier without a key let a token in")
		}
	}
}

func TestParsePublicKeys(t *testing.T) {
	t.Parallel()
	ours := newPair(t, Ed25519)
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public := func(key any) string {
		der, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return encode("PUBLIC KEY", der)
	}
	tests := []struct {
		name, text string
		keys       int    // 0 when it must fail
		want       string // part of the error
	}{
		{"one", ours.public, 1, ""},
		{"two", ours.public + ours.public, 2, ""},
		{"written in one line", strings.ReplaceAll(ours.public, "\n", `\n`), 1, ""},
		{"written in one line on Windows", strings.ReplaceAll(ours.public, "\n", `\r\n`), 1, ""},
		{"indented by nobody, spaces around", "\n  " + ours.public + "\n\n", 1, ""},
		{"PKCS #1", encode("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&long.PublicKey)), 1, ""},
		{"short RSA", public(&short.PublicKey), 0, "the RSA key has 1024 bits, at least 2048 are needed"},
		{"another curve", public(&curve.PublicKey), 0, "P-256"},
		{"the private key", ours.private, 0, "this is a private key"},
		{"a certificate", encode("CERTIFICATE", []byte("x")), 0, `this is "CERTIFICATE"`},
		{"broken", encode("PUBLIC KEY", []byte("x")), 0, "cannot be read"},
		{"cut off", ours.public[:60], 0, "this is not a key in PEM"},
		{"text after it", ours.public + "and more", 0, "this is not a key in PEM"},
		{"nothing", " \n", 0, "there is no key"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParsePublicKeys(test.text)
			if len(got) != test.keys || fmt.Sprint(err) == "<nil>" != (test.want == "") {
				t.Fatalf("got %d keys, %v, want %d", len(got), err, test.keys)
			}
			if err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want …%s…", err, test.want)
			}
		})
	}
}

func TestParseSigner(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	ours := newPair(t, Ed25519)
	tests := []struct{ name, text, algorithm, want string }{
		{"secret", "a-secret", "HS256", ""},
		{"nothing", "", "", ""},
		{"PKCS #8", ours.private, "EdDSA", ""},
		{"PKCS #1, as Prisma 1.0 made them", encode("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)), "RS256", ""},
		{"SEC 1", encode("EC PRIVATE KEY", sec1), "ES256", ""},
		{"in one line", strings.ReplaceAll(ours.private, "\n", `\n`), "EdDSA", ""},
		{"public", ours.public, "", "this is a public key"},
		{"encrypted", encode("ENCRYPTED PRIVATE KEY", []byte("x")), "", "is encrypted"},
		{"of ssh", encode("OPENSSH PRIVATE KEY", []byte("x")), "", `this is "OPENSSH PRIVATE KEY"`},
		{"broken", encode("PRIVATE KEY", []byte("x")), "", "cannot be read"},
		{"two", ours.private + ours.private, "", "these are 2 keys"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseSigner(test.text)
			if got.Algorithm() != test.algorithm || (err == nil) != (test.want == "") {
				t.Fatalf("got %q, %v, want %q", got.Algorithm(), err, test.algorithm)
			}
			if err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want …%s…", err, test.want)
			}
		})
	}
}

func TestTimesAreToldOfTrustedTokensOnly(t *testing.T) {
	t.Parallel()
	claims := jwt.MapClaims{"exp": time.Now().Add(-time.Hour).Unix(), "grants": everything}
	later := jwt.MapClaims{"exp": time.Now().Add(2 * time.Hour).Unix(), "nbf": time.Now().Add(time.Hour).Unix(), "grants": everything}
	for _, test := range []struct {
		secret string
		claims jwt.MapClaims
		want   string
	}{
		{secret, claims, "The token is expired since 20"},
		{secret, later, "The token will only be valid after 20"},
		{"other", claims, "Invalid signature"},
		{"other", later, "Invalid signature"},
	} {
		err := new(Cache).VerifyManagement(ours, token(t, jwt.SigningMethodHS256, []byte(test.secret), test.claims), "deploy", "shop", "dev")
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("secret %s: got %v, want …%s…", test.secret, err, test.want)
		}
	}
}

func BenchmarkVerifyManagement(b *testing.B) {
	token, err := SignManagement(SecretSigner(secret), nil, time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	var cache Cache
	anew := func(verifiers []Verifier, authorization, action, service, stage string) error {
		return new(Cache).VerifyManagement(verifiers, authorization, action, service, stage)
	}
	for name, verify := range map[string]func([]Verifier, string, string, string, string) error{"new": anew, "seen": cache.VerifyManagement} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := verify(ours, token, "deploy", "shop", "dev"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
