package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/client"
)

// managementCalls has a call of every field of the management API. They would all do something
// with the service shop@dev, were the token right.
var managementCalls = map[string]string{
	"serverInfo":           `{ serverInfo { version } }`,
	"listProjects":         `{ listProjects { name } }`,
	"project":              `{ project(name: "shop", stage: "dev") { datamodel } }`,
	"listMigrations":       `{ listMigrations(name: "shop", stage: "dev") { revision } }`,
	"migrationStatus":      `{ migrationStatus(name: "shop", stage: "dev") { revision } }`,
	"generateProjectToken": `{ generateProjectToken(name: "shop", stage: "dev") }`,
	"addProject":           `mutation { addProject(input: {name: "blog", stage: "dev"}) { project { name } } }`,
	"deleteProject":        `mutation { deleteProject(input: {name: "shop", stage: "dev"}) { project { name } } }`,
	"deploy":               `mutation { deploy(input: {name: "shop", stage: "dev", types: "", force: true}) { errors { type } } }`,
	"deployLock":           `{ deployLock(name: "shop", stage: "dev") { holder } }`,
	"resolveMigration":     `mutation { resolveMigration(input: {name: "shop", stage: "dev"}) { migrations { revision } } }`,
	"setCloudSecret":       `mutation { setCloudSecret(input: {secret: "x"}) { clientMutationId } }`,
}

// open are the fields that answer everybody.
var open = []string{"serverInfo"}

// wrongTokens are Authorization headers that open nothing. claims are those of a right one.
func wrongTokens(t *testing.T, secret string, claims jwt.MapClaims) map[string]string {
	t.Helper()
	signed := func(method jwt.SigningMethod, key any, exp time.Time) string {
		claims["exp"] = exp.Unix()
		text, err := jwt.NewWithClaims(method, claims).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return "Bearer " + text
	}
	soon := time.Now().Add(time.Hour)
	right := signed(jwt.SigningMethodHS256, []byte(secret), soon)
	payload := strings.Split(right, ".")[1]
	return map[string]string{
		"missing":   "",
		"undefined": "Bearer undefined",
		"expired":   signed(jwt.SigningMethodHS256, []byte(secret), time.Now().Add(-time.Hour)),
		"foreign":   signed(jwt.SigningMethodHS256, []byte("another"), soon),
		"unsigned":  signed(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, soon),
		"tampered":  strings.Replace(right, payload, payload[:len(payload)-2]+"AA", 1),
		"over-long": right + strings.Repeat("A", 20_000),
		"many dots": right + strings.Repeat(".", 5_000),
		"basic":     "Basic " + secret,
		"bare":      secret,
	}
}

// sendWith posts a query with an Authorization header and returns the answer as text.
func sendWith(t *testing.T, url, authorization, query string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	_, _, answer := do(t, request)
	return answer
}

// TestManagementDeniesByDefault asks the server which fields it has, so that a new one cannot be forgotten.
func TestManagementDeniesByDefault(t *testing.T) {
	t.Parallel()
	const secret = "s3cret"
	url := start(t, Config{ManagementSecrets: []string{secret, "older"}})
	token, err := auth.SignManagement(auth.SecretSigner(secret), nil, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	c := client.New(url, token, nil)
	deploy(t, c, "shop", "dev", users)

	var answer struct {
		Data struct {
			Schema map[string]struct{ Fields []struct{ Name string } } `json:"__schema"`
		}
	}
	text := sendWith(t, url+"/management", "", `{ __schema { queryType { fields { name } } mutationType { fields { name } } } }`)
	if err := json.Unmarshal([]byte(text), &answer); err != nil || len(answer.Data.Schema) != 2 {
		t.Fatalf("introspection answered %v: %s", err, text)
	}
	wrong := wrongTokens(t, secret, jwt.MapClaims{"grants": []auth.Grant{{Target: "*/*", Action: "*"}}})
	for _, root := range answer.Data.Schema {
		for _, field := range root.Fields {
			query, known := managementCalls[field.Name]
			if !known {
				t.Errorf("nobody has thought about who may call %s: add it to managementCalls", field.Name)
			}
			for name, authorization := range wrong {
				got := sendWith(t, url+"/management", authorization, query)
				if denied := strings.Contains(got, `"code":3015`); denied == slices.Contains(open, field.Name) {
					t.Errorf("%s with a token that is %s: %s", field.Name, name, got)
				}
				if strings.Contains(got, secret) || len(got) > 500 {
					t.Errorf("%s with a token that is %s: the answer tells too much: %s", field.Name, name, got)
				}
			}
		}
	}
	if projects, err := c.Projects(t.Context()); err != nil || len(projects) != 1 {
		t.Errorf("afterwards there are %v, %v, want the one service", projects, err)
	}
}

// TestActionsAreCompared: a token for one field of the management API opens no other.
func TestActionsAreCompared(t *testing.T) {
	t.Parallel()
	const secret = "s3cret"
	url := start(t, Config{ManagementSecrets: []string{secret}})
	for granted := range managementCalls {
		token, err := auth.SignManagement(auth.SecretSigner(secret), []auth.Grant{{Target: "*/*", Action: granted}}, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		for called, query := range managementCalls {
			got := sendWith(t, url+"/management", "Bearer "+token, query)
			if denied := strings.Contains(got, "none satisfied"); denied != (called != granted && !slices.Contains(open, called)) {
				t.Errorf("%s with a token for %s: %s", called, granted, got)
			}
		}
	}
}

// TestServiceDeniesByDefault goes to every endpoint of a service with two secrets.
func TestServiceDeniesByDefault(t *testing.T) {
	t.Parallel()
	const refusal = `Your token is invalid. It might have expired or you might be using a token from a different project.`
	url := start(t, Config{})
	deploy(t, client.New(url, "", nil), "shop", "dev", users, "new-secret", "old-secret")
	right := map[string]string{}
	for _, secret := range []string{"new-secret", "old-secret"} {
		token, err := auth.SignService(secret, "shop", "dev", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		right[secret] = "Bearer " + token
	}
	wrong := wrongTokens(t, "old-secret", jwt.MapClaims{"data": map[string]any{"service": "shop@dev", "roles": []string{"admin"}}})
	for _, path := range []string{"", "/private", "/import", "/export", "/_datamodel"} {
		endpoint := url + "/shop/dev" + path
		for name, authorization := range wrong {
			got := sendWith(t, endpoint, authorization, `{ users { id } }`)
			if !strings.HasPrefix(got, fmt.Sprintf(`{"errors":[{"message":%q,"code":3015,"requestId":`, refusal)) {
				t.Errorf("%q with a token that is %s: %s", path, name, got)
			}
		}
		for secret, authorization := range right {
			if got := sendWith(t, endpoint, authorization, `{ users { id } }`); strings.Contains(got, "3015") {
				t.Errorf("%q with a token of %s: %s", path, secret, got)
			}
		}
	}
}
