package cloud

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/prisma1-go/prisma1/pkg/auth"
)

// calls has a call of every field of the cloud's API. They would all do something, were the key right.
var calls = map[string]string{
	"me":                           `{ me { id memberships { workspace { slug } } } }`,
	"cloudTokenRequest":            `{ cloudTokenRequest(secret: "x") { token } }`,
	"requestCloudToken":            `mutation { requestCloudToken { secret } }`,
	"generateClusterToken":         `mutation { generateClusterToken(input: {workspaceSlug: "jane", clusterName: "sandbox", serviceName: "shop", stageName: "dev"}) { clusterToken } }`,
	"addServiceToCloudDBIfMissing": `mutation { addServiceToCloudDBIfMissing(input: {workspaceSlug: "jane", clusterName: "sandbox", serviceName: "shop", stageName: "dev"}) }`,
	"deleteService":                `mutation { deleteService(input: {workspaceSlug: "jane", clusterName: "sandbox", name: "shop", stage: "dev"}) { id } }`,
	"renewToken":                   `mutation { renewToken }`,
	"revokeToken":                  `mutation { revokeToken }`,
}

// open are the fields that answer everybody: a computer that asks to be let in has no key yet.
var openFields = []string{"requestCloudToken", "cloudTokenRequest"}

// wrongKeys are login keys that open nothing; right is one that does.
func wrongKeys(t *testing.T, c *Cloud, jane *User, right string) map[string]string {
	t.Helper()
	signer, _, err := c.keys.login()
	if err != nil {
		t.Fatal(err)
	}
	login, err := auth.ReadLogin(right)
	if err != nil {
		t.Fatal(err)
	}
	sign := func(s auth.Signer, user, id string, lifetime time.Duration) string {
		key, err := auth.SignLogin(s, user, id, lifetime)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	server, err := c.keys.server("x")
	if err != nil {
		t.Fatal(err)
	}
	other := memory(t)
	foreign, _, err := other.keys.login()
	if err != nil {
		t.Fatal(err)
	}
	management, err := auth.SignManagement(signer, nil, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	revoked := logIn(t, c, jane)
	revokedLogin, err := auth.ReadLogin(revoked)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Revoke(t.Context(), jane.ID, revokedLogin.ID); err != nil {
		t.Fatal(err)
	}
	secret, err := c.NewSession(t.Context(), jane.ID)
	if err != nil {
		t.Fatal(err)
	}
	john := addUser(t, c, "john@example.org")
	payload := strings.Split(right, ".")[1]
	none, err := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims{"userId": jane.ID, "jti": login.ID, "exp": time.Now().Add(time.Hour).Unix()}).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"missing":                  "",
		"undefined":                "undefined",
		"expired":                  sign(signer, jane.ID, login.ID, -time.Hour),
		"foreign":                  sign(foreign, jane.ID, login.ID, time.Hour),
		"of a server's key":        sign(server, jane.ID, login.ID, time.Hour),
		"a management token":       management,
		"a browser's session":      secret,
		"revoked":                  revoked,
		"of a login never made":    sign(signer, jane.ID, "nothing", time.Hour),
		"of somebody else's login": sign(signer, john.ID, login.ID, time.Hour),
		"unsigned":                 none,
		"tampered":                 strings.Replace(right, payload, payload[:len(payload)-2]+"AA", 1),
		"over-long":                right + strings.Repeat("A", 20_000),
		"many dots":                right + strings.Repeat(".", 5_000),
	}
}

// TestDeniesByDefault asks the API which fields it has, so that a new one cannot be forgotten.
func TestDeniesByDefault(t *testing.T) {
	t.Parallel()
	c := memory(t)
	jane := addUser(t, c, "jane@example.org")
	if _, err := c.AddServer(t.Context(), "", Sandbox, "http://127.0.0.1:1"); err != nil {
		t.Fatal(err)
	}
	right := logIn(t, c, jane)
	var answer struct {
		Data struct {
			Schema map[string]struct{ Fields []struct{ Name string } } `json:"__schema"`
		}
	}
	text := ask(t, c, "", `{ __schema { queryType { fields { name } } mutationType { fields { name } } } }`, nil)
	if err := json.Unmarshal([]byte(text), &answer); err != nil || len(answer.Data.Schema) != 2 {
		t.Fatalf("introspection answered %v: %s", err, text)
	}
	wrong := wrongKeys(t, c, jane, right)
	for _, root := range answer.Data.Schema {
		for _, field := range root.Fields {
			query, known := calls[field.Name]
			if !known {
				t.Errorf("nobody has thought about who may call %s: add it to calls", field.Name)
			}
			for name, key := range wrong {
				got := ask(t, c, key, query, nil)
				if denied := strings.Contains(got, `"message":"Not authorized"`) && strings.Contains(got, `"code":5001`); denied == slices.Contains(openFields, field.Name) {
					t.Errorf("%s with a key that is %s: %s", field.Name, name, got)
				}
				if len(got) > 300 || len(key) > 20 && strings.Contains(got, key) {
					t.Errorf("%s with a key that is %s: the answer tells too much: %s", field.Name, name, got)
				}
			}
		}
	}
	if got := ask(t, c, right, calls["me"], nil); !strings.Contains(got, `"slug":"jane"`) {
		t.Errorf("the right key: %s", got)
	}
}

// TestMembersOnly: a login of one person does nothing in the workspace of another.
func TestMembersOnly(t *testing.T) {
	t.Parallel()
	c := memory(t)
	addUser(t, c, "jane@example.org")
	if _, err := c.AddServer(t.Context(), "", Sandbox, "http://127.0.0.1:1"); err != nil {
		t.Fatal(err)
	}
	john := logIn(t, c, addUser(t, c, "john@example.org"))
	for _, field := range []string{"generateClusterToken", "addServiceToCloudDBIfMissing", "deleteService"} {
		if got := ask(t, c, john, calls[field], nil); !strings.Contains(got, "Not authorized") {
			t.Errorf("%s: %s", field, got)
		}
	}
}
