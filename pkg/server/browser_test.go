package server

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/chromium"
	"github.com/prisma1-go/prisma1/pkg/client"
)

// TestPlayground opens the Playground of a service in Chromium, with every host
// but this machine out of reach, and presses its play button. The answer must
// appear, and the browser must have nothing to complain about.
// PRISMA1_TEST_CHROMIUM names the program.
func TestPlayground(t *testing.T) {
	t.Parallel()
	program := browser(t)
	address := start(t, Config{})
	deploy(t, client.New(address, "", nil), "shop", "dev", "type Product { id: ID! @id name: String! }")
	request, err := http.NewRequest(http.MethodPost, address+"/shop/dev", strings.NewReader(`{"query": "mutation { createProduct(data: {name: \"Wok\"}) { id } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if status, _, body := do(t, request); status != http.StatusOK {
		t.Fatalf("status %d: %s", status, body)
	}

	p := chromium.Open(t, program)
	p.Call("Page.navigate", map[string]any{"url": address + "/shop/dev?query=%7Bproducts%7Bname%7D%7D"})
	p.Await("the play button", `document.querySelector('svg[width="35"]') !== null`)
	p.Press(`svg[width="35"]`)
	p.Await("the answer", `document.body.innerText.includes('"Wok"') || [...document.querySelectorAll('.CodeMirror')].some(e => e.CodeMirror.getValue().includes('"Wok"'))`)
	p.Screenshot("playground")
	if len(p.Complaints) > 0 {
		t.Errorf("the browser complains:\n%s", strings.Join(p.Complaints, "\n"))
	}
}

// TestPlaygroundSubscribes lets the Playground wait for an event.
func TestPlaygroundSubscribes(t *testing.T) {
	t.Parallel()
	program := browser(t)
	address, server := startServer(t, Config{})
	deploy(t, client.New(address, "", nil), "shop", "dev", users)
	p := chromium.Open(t, program)
	query := url.Values{"query": {"subscription { user { mutation node { email } } }"}}
	p.Call("Page.navigate", map[string]any{"url": address + "/shop/dev?" + query.Encode()})
	p.Await("the play button", `document.querySelector('svg[width="35"]') !== null`)
	p.Press(`svg[width="35"]`)
	awaitSubscribers(t, server, 1)
	sendWith(t, address+"/shop/dev", "", `mutation { createUser(data: { email: "browser" }) { id } }`)
	p.Await("the event", `document.body.innerText.includes('"browser"') || [...document.querySelectorAll('.CodeMirror')].some(e => e.CodeMirror.getValue().includes('"browser"'))`)
	if len(p.Complaints) > 0 {
		t.Errorf("the browser complains:\n%s", strings.Join(p.Complaints, "\n"))
	}
}

// browser returns the program, or skips the test.
func browser(t *testing.T) string {
	t.Helper()
	program := os.Getenv("PRISMA1_TEST_CHROMIUM")
	if program == "" {
		t.Skip("no browser: PRISMA1_TEST_CHROMIUM can name a Chromium")
	}
	return program
}
