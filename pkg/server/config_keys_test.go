package server

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/client"
)

const sqliteText = "\ndatabases: {default: {connector: sqlite}}\n"

func keyPair(t *testing.T, kind auth.Kind) (private, public string) {
	t.Helper()
	a, b, err := auth.NewPair(kind)
	if err != nil {
		t.Fatal(err)
	}
	return string(a), string(b)
}

// block writes a text as a YAML block under a key.
func block(key, text string) string {
	return key + ": |\n  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ") + "\n"
}

func quoted(key, text string) string {
	return key + `: "` + strings.ReplaceAll(text, "\n", `\r\n`) + "\"\n"
}

func TestParseConfigKeys(t *testing.T) {
	t.Parallel()
	private, public := keyPair(t, auth.RSA)
	_, second := keyPair(t, auth.Ed25519)
	path := filepath.Join(t.TempDir(), "management.pub")
	if err := os.WriteFile(path, []byte(public), 0o600); err != nil {
		t.Fatal(err)
	}
	oneLine := strings.ReplaceAll(public, "\n", `\n`)
	tests := []struct {
		name, text string
		env        func(string) string
		secrets    []string
		keys       int
		want       string // part of the error, or of a warning
		refused    bool
	}{
		{"nothing", "", environment(), nil, 0, "", false},
		{"one secret", "managementApiSecret: one", environment(), []string{"one"}, 0, "", false},
		{"a comma belongs to a secret", "managementApiSecret: one, two", environment(), []string{"one, two"}, 0, "", false},
		{"a list of secrets", "managementApiSecret: [new, old]", environment(), []string{"new", "old"}, 0, "", false},
		{"an empty secret is none", `managementApiSecret: ""`, environment(), nil, 0, "", false},
		{"public key in a block", block("managementApiPublicKey", public), environment(), nil, 1, "", false},
		{"public key in a line", quoted("managementApiPublicKey", public), environment(), nil, 1, "", false},
		{"public key in a file", "managementApiPublicKey: " + path, environment(), nil, 1, "", false},
		{"two public keys", "managementApiPublicKey: [" + path + ", '" + strings.ReplaceAll(second, "\n", `\n`) + "']", environment(), nil, 2, "", false},
		{"public key beside a secret", "managementApiSecret: s\n" + block("managementApiPublicKey", public), environment(), []string{"s"}, 1, "", false},
		{"legacySecret", block("legacySecret", public), environment(), nil, 1, "", false},
		{"legacySecret after a secret", "managementApiSecret: s\n" + block("legacySecret", public), environment(), []string{"s"}, 0, "legacySecret is not used", false},
		{"variable", "", environment(publicKeyVariable, oneLine), nil, 1, "", false},
		{"variable with a path", "", environment(publicKeyVariable, path), nil, 1, "", false},
		{"text before variable", block("managementApiPublicKey", second), environment(publicKeyVariable, "broken"), nil, 1, "", false},

		{"an empty list", "managementApiSecret: []", environment(), nil, 0, "line 1: managementApiSecret: the list is empty", true},
		{"an empty secret in a list", "managementApiSecret: [a, '']", environment(), nil, 0, "an empty secret in the list", true},
		{"a mapping", "managementApiSecret: {a: b}", environment(), nil, 0, "a single value is expected here", true},
		{"a list of lists", "managementApiSecret: [[a]]", environment(), nil, 0, "a list of single values", true},
		{"public key as a secret", block("managementApiSecret", public), environment(), nil, 0, "belongs under managementApiPublicKey", true},
		{"private key", block("managementApiPublicKey", private), environment(), nil, 0, "this is a private key", true},
		{"secret for a key", "legacySecret: topsecret", environment(), nil, 0, "line 1: legacySecret: neither a public key in PEM", true},
		{"no such file", "managementApiPublicKey: /gone/topsecret.pub", environment(), nil, 0, "no such file", true},
		{"broken variable", "", environment(publicKeyVariable, "topsecret"), nil, 0, publicKeyVariable + ": neither a public key", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			config, err := ParseConfig([]byte(test.text+sqliteText), test.env)
			if test.refused {
				if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "topsecret") {
					t.Errorf("got %v, want …%s… and no secret", err, test.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(config.ManagementSecrets, test.secrets) || len(config.ManagementPublicKeys) != test.keys {
				t.Errorf("got %d secrets and %d keys, want %d and %d", len(config.ManagementSecrets), len(config.ManagementPublicKeys), len(test.secrets), test.keys)
			}
			if !strings.Contains(strings.Join(config.Warnings, "\n"), test.want) {
				t.Errorf("got warnings %q, want …%s…", config.Warnings, test.want)
			}
			if verifiers, err := config.verifiers(); err != nil || len(verifiers) != len(test.secrets)+test.keys {
				t.Errorf("got %d verifiers, %v", len(verifiers), err)
			}
		})
	}
}

func TestOldestVariablesKnowKeys(t *testing.T) {
	t.Parallel()
	_, public := keyPair(t, auth.RSA)
	config, err := LoadConfig(t.TempDir(), environment("SQL_CLIENT_HOST", "h", "CLUSTER_PUBLIC_KEY", public))
	if err != nil || len(config.ManagementPublicKeys) != 1 {
		t.Errorf("got %d keys, %v, want 1", len(config.ManagementPublicKeys), err)
	}
	config, err = LoadConfig(t.TempDir(), environment("SQL_CLIENT_HOST", "h", "CLUSTER_PUBLIC_KEY", public, "PRISMA_MANAGEMENT_API_JWT_SECRET", "s"))
	if err != nil || len(config.ManagementPublicKeys) != 0 || !slices.Equal(config.ManagementSecrets, []string{"s"}) {
		t.Errorf("got %+v, %v, want the secret alone", config.ManagementPublicKeys, err)
	}
}

// TestManagementKeys changes a server's keys as a person would: old secret, new secret, key.
func TestManagementKeys(t *testing.T) {
	t.Parallel()
	private, public := keyPair(t, auth.Ed25519)
	url := start(t, Config{ManagementSecrets: []string{"new", "old"}, ManagementPublicKeys: []string{public}})
	key, err := auth.ParseSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		signer auth.Signer
		ok     bool
	}{
		{"new", auth.SecretSigner("new"), true},
		{"old", auth.SecretSigner("old"), true},
		{"private key", key, true},
		{"older", auth.SecretSigner("older"), false},
		{"public key as secret", auth.SecretSigner(public), false},
	} {
		token, err := auth.SignManagement(test.signer, nil, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.New(url, token, nil).Projects(t.Context()); client.NeedsSecret(err) == test.ok {
			t.Errorf("%s: %v, want ok = %v", test.name, err, test.ok)
		}
	}
}
