package server

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/chromium"
	"github.com/prisma1-go/prisma1/pkg/client"
)

// TestPlayground opens the Playground of a service in Chromium, with every host
// but this machine out of reach, and presses its play button. The answer must
// appear, and the browser must have nothing to complain about.
// PRISMA1_TEST_CHROMIUM names the program; PRISMA1_TEST_SCREENSHOT a file that
// gets a picture.
func TestPlayground(t *testing.T) {
	t.Parallel()
	program := os.Getenv("PRISMA1_TEST_CHROMIUM")
	if program == "" {
		t.Skip("no browser: PRISMA1_TEST_CHROMIUM can name a Chromium")
	}
	url := start(t, Config{})
	deploy(t, client.New(url, "", nil), "shop", "dev", "type Product { id: ID! @id name: String! }")
	request, err := http.NewRequest(http.MethodPost, url+"/shop/dev", strings.NewReader(`{"query": "mutation { createProduct(data: {name: \"Wok\"}) { id } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if status, _, body := do(t, request); status != http.StatusOK {
		t.Fatalf("status %d: %s", status, body)
	}

	p := chromium.Open(t, program)
	p.Call("Page.navigate", map[string]any{"url": url + "/shop/dev?query=%7Bproducts%7Bname%7D%7D"})
	p.Await("the play button", `document.querySelector('svg[width="35"]') !== null`)
	p.Press(`svg[width="35"]`)
	p.Await("the answer", `document.body.innerText.includes('"Wok"') || [...document.querySelectorAll('.CodeMirror')].some(e => e.CodeMirror.getValue().includes('"Wok"'))`)
	p.Screenshot(os.Getenv("PRISMA1_TEST_SCREENSHOT"))
	if len(p.Complaints) > 0 {
		t.Errorf("the browser complains:\n%s", strings.Join(p.Complaints, "\n"))
	}
}
