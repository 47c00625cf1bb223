package server

import (
	"context"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/ratelimit"
)

func TestThrottlingSettings(t *testing.T) {
	t.Parallel()
	shop := project.ID{Name: "shop", Stage: "dev"}
	shared := project.ID{Name: "jane~shop", Stage: "dev"}
	second := time.Second
	tests := []struct {
		name, text string
		variables  []string
		want       *Throttling
		problem    string
	}{
		{"nothing", "", nil, nil, ""},
		{"the section", "throttling: {calls: 5, seconds: 2, waiting: 0, exempt: [shop/dev, jane/shop/dev]}", nil,
			&Throttling{ratelimit.Settings{Calls: 5, Period: 2 * second}, []project.ID{shop, shared}}, ""},
		{"a key of it", "throttling: {waiting: 3}", nil, &Throttling{ratelimit.Settings{Calls: 10, Period: 10 * second, Waiting: 3}, nil}, ""},
		{"on", "throttling: true", nil, DemoThrottling(), ""},
		{"off", "throttling: false", []string{"THROTTLING_RATE", "1", "THROTTLING_MAX_CALLS_IN_FLIGHT", "1"}, &Throttling{}, ""},
		{"variables", "", []string{"THROTTLING_RATE", "7", "THROTTLING_MAX_CALLS_IN_FLIGHT", "0", "UNTHROTTLED_PROJECT_IDS", "shop$dev|jane~shop@dev"},
			&Throttling{ratelimit.Settings{Calls: 7, Period: second}, []project.ID{shop, shared}}, ""},
		{"a longer period", "", []string{"THROTTLING_RATE", "7", "THROTTLING_MAX_CALLS_IN_FLIGHT", "9", "THROTTLING_RATE_PER_SECONDS", "60"},
			&Throttling{ratelimit.Settings{Calls: 7, Period: 60 * second, Waiting: 9}, nil}, ""},
		{"one of two", "", []string{"THROTTLING_RATE", "7"}, nil, ""},
		{"no number", "", []string{"THROTTLING_RATE", "many", "THROTTLING_MAX_CALLS_IN_FLIGHT", "-1"}, nil,
			"THROTTLING_RATE: \"many\" is not a number (1 or more)\nTHROTTLING_MAX_CALLS_IN_FLIGHT: \"-1\" is not a number (0 or more)"},
		{"too long", "", []string{"THROTTLING_RATE", "1", "THROTTLING_MAX_CALLS_IN_FLIGHT", "1", "THROTTLING_RATE_PER_SECONDS", "99999999999"}, nil,
			"THROTTLING_RATE_PER_SECONDS: 99999999999 is more than a day"},
		{"no service", "", []string{"THROTTLING_RATE", "1", "THROTTLING_MAX_CALLS_IN_FLIGHT", "1", "UNTHROTTLED_PROJECT_IDS", "../x"}, nil,
			`UNTHROTTLED_PROJECT_IDS: "../x" is no service, such as shop/dev`},
	}
	for _, test := range tests {
		config, err := ParseConfig([]byte("databases: {default: {connector: sqlite}}\n"+test.text), environment(test.variables...))
		if test.problem != "" || err != nil {
			if err == nil || err.Error() != test.problem {
				t.Errorf("%s: error %v, want %s", test.name, err, test.problem)
			}
			continue
		}
		if diff := cmp.Diff(test.want, config.Throttling); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
		if one := test.name == "one of two"; one != (len(config.Warnings) == 1) {
			t.Errorf("%s: warnings %q", test.name, config.Warnings)
		}
	}
}

// call posts a query and returns Throttled-By and the answer.
func call(t *testing.T, url, query string) (throttledBy, answer string) {
	t.Helper()
	_, header, answer := do(t, throttleRequest(context.Background(), t, url, query))
	return header.Get("Throttled-By"), answer
}

// callUntil is call with a context; "" is the answer when ctx ended before.
func callUntil(ctx context.Context, t *testing.T, url string) string {
	t.Helper()
	response, err := http.DefaultClient.Do(throttleRequest(ctx, t, url, `{ users { id } }`))
	if err != nil {
		return ""
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.Header.Get("Throttled-By") != "" {
		t.Errorf("throttled by %q: %s, %v", response.Header.Get("Throttled-By"), text, err)
	}
	return string(text)
}

// fill makes one call more than there are places to wait. When it returns, one
// was turned away, and the others wait. Their answers come through the channel.
func fill(ctx context.Context, t *testing.T, url string, places int) <-chan string {
	t.Helper()
	answers := make(chan string, places+1)
	for range places + 1 {
		go func() { answers <- callUntil(ctx, t, url) }()
	}
	if answer := <-answers; !strings.HasPrefix(answer, full) {
		t.Errorf("there is no place to wait: %s", answer)
	}
	return answers
}

func throttleRequest(ctx context.Context, t *testing.T, url, query string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(`{"query": `+strconv.Quote(query)+`}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	return request
}

const full = `{"errors":[{"message":"There are too many concurrent queries for this service.","code":1004,"requestId":`

// TestThrottle: no token comes back while it runs, so that nothing depends on time.
func TestThrottle(t *testing.T) {
	t.Parallel()
	url := start(t, Config{Throttling: &Throttling{
		Settings: ratelimit.Settings{Calls: 5, Period: 24 * time.Hour, Waiting: 2},
		Exempt:   []project.ID{{Name: "free", Stage: "dev"}},
	}})
	c := client.New(url, "", nil)
	deploy(t, c, "shop", "dev", users)
	deploy(t, c, "free", "dev", users)
	tests := []struct{ path, query, throttledBy, answer string }{
		{"/shop/dev", `{ users { id } }`, "0ms", `{"data":{"users":[]}}`},
		{"/shop/dev", `{ users { nothing } }`, "0ms", `{"data":null,"errors":[`},
		{"/shop/dev", `{ users {`, "", `{"errors":[`}, // status 500
		{"/shop/dev/private", `mutation { resetData }`, "0ms", `{"data":{"resetData":true}}`},
		{"/shop/dev/_datamodel", `x`, "", `"type User`},
		{"/nobody/dev", `{ users { id } }`, "", `{"errors":[{"message":"Project not found: 'nobody$dev'","code":3016,`},
		{"/management", `{ serverInfo { version } }`, "", `{"data":{"serverInfo":`},
		{"//shop///dev/", `{ users { id } }`, "0ms", `{"data":{"users":[]}}`}, // the fifth
	}
	for _, test := range tests {
		if by, answer := call(t, url+test.path, test.query); by != test.throttledBy || !strings.HasPrefix(answer, test.answer) {
			t.Errorf("%s %s: throttled by %q, %s", test.path, test.query, by, answer)
		}
	}
	ctx, hangUp := context.WithCancel(t.Context())
	defer hangUp()
	waiting := fill(ctx, t, url+"/shop/dev", 2)
	for range 10 {
		if by, answer := call(t, url+"/free/dev", `{ users { id } }`); by != "" || answer != `{"data":{"users":[]}}` {
			t.Errorf("exempt, throttled by %q: %s", by, answer)
		}
		if _, answer := call(t, url+"/shop/dev/export", `x`); strings.Contains(answer, "1004") {
			t.Errorf("export: %s", answer)
		}
	}
	hangUp()
	for range 2 {
		if answer := <-waiting; answer != "" {
			t.Errorf("a call without a token got %s", answer)
		}
	}
	for range 100 { // until the server has seen it
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		answer := callUntil(ctx, t, url+"/shop/dev")
		cancel()
		if answer == "" { // it waited
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("who hung up still has its place")
}

// TestThrottledStop: a server that stops does not wait for those who wait.
func TestThrottledStop(t *testing.T) {
	t.Parallel()
	var waiting <-chan string
	t.Cleanup(func() { // after the server's stop
		if answer := <-waiting; !strings.HasPrefix(answer, `{"errors":[{"message":"The server stops. Please try again in a moment.","requestId":`) {
			t.Errorf("answered %s", answer)
		}
	})
	url := start(t, Config{Throttling: &Throttling{Settings: ratelimit.Settings{Calls: 1, Period: 24 * time.Hour, Waiting: 1}}})
	call(t, url+"/shop/dev", `{ users { id } }`)
	waiting = fill(context.Background(), t, url+"/shop/dev", 1)
}

// TestThrottledClients: clients that call all at once get their answers at the
// rate. On a busy machine they come later, never earlier.
func TestThrottledClients(t *testing.T) {
	t.Parallel()
	url := start(t, Config{Throttling: &Throttling{Settings: ratelimit.Settings{Calls: 5, Period: 250 * time.Millisecond, Waiting: 10}}})
	deploy(t, client.New(url, "", nil), "shop", "dev", users)
	answers := callAll(t, url+"/shop/dev", 15)
	for _, a := range answers {
		if a.text != `{"data":{"users":[]}}` || !strings.HasSuffix(a.throttledBy, "ms") {
			t.Errorf("throttled by %q: %s", a.throttledBy, a.text)
		}
	}
	if last, least := answers[14].after, 500*time.Millisecond; last < least {
		t.Errorf("the last answer came after %v, ten tokens take %v", last, least)
	}
}

type throttledAnswer struct {
	after             time.Duration
	throttledBy, text string
}

// callAll calls at once and returns the answers, the first first.
func callAll(t *testing.T, url string, calls int) []throttledAnswer {
	t.Helper()
	answers := make([]throttledAnswer, calls)
	var calling sync.WaitGroup
	start := time.Now()
	for i := range answers {
		calling.Go(func() {
			by, text := call(t, url, `{ users { id } }`)
			answers[i] = throttledAnswer{time.Since(start), by, text}
		})
	}
	calling.Wait()
	slices.SortFunc(answers, func(a, b throttledAnswer) int { return int(a.after - b.after) })
	return answers
}

// TestThrottledBySeconds is the recorded burst of forty with a real client in real time.
func TestThrottledBySeconds(t *testing.T) {
	t.Parallel()
	if os.Getenv("PRISMA1_TEST_LONG") == "" {
		t.Skip("PRISMA1_TEST_LONG is not set")
	}
	url := start(t, Config{Throttling: DemoThrottling()})
	deploy(t, client.New(url, "", nil), "shop", "dev", users)
	callAll(t, url+"/shop/dev", 10) // opens connections
	time.Sleep(10 * time.Second)
	answers := callAll(t, url+"/shop/dev", 40)
	refused := slices.DeleteFunc(slices.Clone(answers), func(a throttledAnswer) bool { return !strings.HasPrefix(a.text, full) })
	if len(refused) != 5 {
		t.Fatalf("%d were refused, want 5", len(refused))
	}
	const early, late = 50 * time.Millisecond, 500 * time.Millisecond // a busy machine is late
	for i, a := range answers[15:] {
		want := time.Duration(i+1) * time.Second
		if a.after < want-early || a.after > want+late {
			t.Errorf("call %d was answered after %v, want %v", i, a.after, want)
		}
	}
}
