package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/auth"
)

// anInput is what introspection tells of an argument or of a field of an input.
type anInput struct {
	Name string
	Type struct {
		Kind   string
		OfType *struct{ Name string }
	}
}

type aType struct {
	Kind, Name  string
	Fields      []aField
	InputFields []anInput
}

type aField struct {
	Name string
	Args []anInput
	Type struct {
		OfType *struct{ Kind string }
	}
}

// value is some value of an input, whose texts are all "x".
func value(types map[string]aType, in anInput) string {
	if in.Type.OfType == nil {
		return `"x"`
	}
	var fields []string
	for _, f := range types[in.Type.OfType.Name].InputFields {
		fields = append(fields, f.Name+": "+value(types, f))
	}
	if fields == nil {
		return `"x"`
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// call is an operation that calls a root field, as introspection describes it.
func call(types map[string]aType, kind string, f aField) string {
	arguments, selection := "", ""
	for _, a := range f.Args {
		arguments = fmt.Sprintf("(%s: %s)", a.Name, value(types, a))
	}
	if f.Type.OfType.Kind == "OBJECT" {
		selection = " { __typename }"
	}
	return kind + " { " + f.Name + arguments + selection + " }"
}

// TestAPIDeniesByDefault calls each root field of the API by HTTP, as introspection tells them, with
// keys that open nothing.
func TestAPIDeniesByDefault(t *testing.T) {
	t.Parallel()
	s := start(t, nil)
	nobody, jane := s.browser(""), s.users["jane"]
	ask := func(header map[string]string, query string) string {
		body, err := json.Marshal(map[string]string{"query": query})
		if err != nil {
			t.Fatal(err)
		}
		header["Content-Type"] = "application/json"
		_, _, answer := s.request(nobody, http.MethodPost, "/", string(body), header)
		return answer
	}
	secret, err := s.cloud.RequestLogin("laptop", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cloud.AllowLogin(t.Context(), secret, jane.ID); err != nil {
		t.Fatal(err)
	}
	var let struct {
		Data struct{ CloudTokenRequest struct{ Token string } }
	}
	text := ask(map[string]string{}, fmt.Sprintf(`{ cloudTokenRequest(secret: %q) { token } }`, secret))
	right := ""
	if err := json.Unmarshal([]byte(text), &let); err == nil {
		right = let.Data.CloudTokenRequest.Token
	}
	if got := ask(map[string]string{"Authorization": "Bearer " + right}, `{ me { name } }`); got != `{"data":{"me":{"name":"jane"}}}` {
		t.Fatalf("the right key %q: %s", right, got)
	}
	var answer struct {
		Data struct {
			Schema struct{ Types []aType } `json:"__schema"`
		}
	}
	text = ask(map[string]string{}, `{ __schema { types { kind name
  fields { name args { name type { kind ofType { name } } } type { ofType { kind } } }
  inputFields { name type { kind ofType { name } } } } } }`)
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatal(err)
	}
	types := make(map[string]aType)
	for _, one := range answer.Data.Schema.Types {
		types[one.Name] = one
	}
	wrong := s.wrongHeaders(right)
	called := 0
	for kind, root := range map[string]string{"query": "Query", "mutation": "Mutation"} {
		for _, f := range types[root].Fields {
			for name, header := range wrong {
				got := ask(header, call(types, kind, f))
				open := slices.Contains([]string{"requestCloudToken", "cloudTokenRequest"}, f.Name)
				if denied := strings.Contains(got, `"message":"Not authorized"`) && strings.Contains(got, `"code":5001`); denied == open {
					t.Errorf("%s with a key that is %s: %s", call(types, kind, f), name, got)
				}
				called++
			}
		}
	}
	if called < 8*len(wrong) {
		t.Errorf("only %d calls: introspection answered %s", called, text)
	}
}

// wrongHeaders are those of requests that may do nothing; right is a key that is good.
func (s *testSite) wrongHeaders(right string) map[string]map[string]string {
	s.t.Helper()
	master, err := os.ReadFile(s.key)
	if err != nil {
		s.t.Fatal(err)
	}
	login, err := auth.ReadLogin(right)
	if err != nil {
		s.t.Fatal(err)
	}
	sign := func(master string, lifetime time.Duration) string {
		private, _, err := auth.DerivePair(master, "prisma1 cloud login")
		if err != nil {
			s.t.Fatal(err)
		}
		signer, err := auth.ParsePrivateKey(string(private))
		if err != nil {
			s.t.Fatal(err)
		}
		key, err := auth.SignLogin(signer, s.users["jane"].ID, login.ID, lifetime)
		if err != nil {
			s.t.Fatal(err)
		}
		return "Bearer " + key
	}
	other, err := auth.OpenPrivateKey(filepath.Join(s.t.TempDir(), "other.key"))
	if err != nil {
		s.t.Fatal(err)
	}
	session, err := s.cloud.NewSession(s.t.Context(), s.users["jane"].ID)
	if err != nil {
		s.t.Fatal(err)
	}
	authorization := func(text string) map[string]string { return map[string]string{"Authorization": text} }
	return map[string]map[string]string{
		"missing":             {},
		"a browser's cookie":  {"Cookie": s.site.cookieName() + "=" + session},
		"a browser's session": authorization("Bearer " + session),
		"expired":             authorization(sign(string(master), -time.Hour)),
		"foreign":             authorization(sign(other, time.Hour)),
		"tampered":            authorization("Bearer " + right[:len(right)-8] + "AAAAAAAA"),
		"over-long":           authorization("Bearer " + right + strings.Repeat("A", 20_000)),
	}
}
