package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

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

	p := openPage(t, program)
	p.call("Page.navigate", map[string]any{"url": url + "/shop/dev?query=%7Bproducts%7Bname%7D%7D"})
	p.await("the play button", `document.querySelector('svg[width="35"]') !== null`)
	p.press(`svg[width="35"]`)
	p.await("the answer", `document.body.innerText.includes('"Wok"') || [...document.querySelectorAll('.CodeMirror')].some(e => e.CodeMirror.getValue().includes('"Wok"'))`)
	p.screenshot(os.Getenv("PRISMA1_TEST_SCREENSHOT"))
	if len(p.complaints) > 0 {
		t.Errorf("the browser complains:\n%s", strings.Join(p.complaints, "\n"))
	}
}

// A page is a tab of a browser, spoken to in the DevTools protocol.
type page struct {
	t          *testing.T
	ctx        context.Context
	socket     *websocket.Conn
	last       int
	complaints []string // what the console shows as an error
}

func openPage(t *testing.T, program string) *page {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	profile := t.TempDir()
	browser := exec.CommandContext(ctx, program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--window-size=1300,850",
		"--remote-debugging-port=0", "--remote-allow-origins=*", "--user-data-dir="+profile, "about:blank")
	browser.Cancel = func() error { return browser.Process.Signal(os.Interrupt) }
	browser.WaitDelay = 5 * time.Second
	if err := browser.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); browser.Wait() })
	socket, _, err := websocket.Dial(ctx, target(ctx, t, profile), nil)
	if err != nil {
		t.Fatal(err)
	}
	socket.SetReadLimit(64 << 20)
	t.Cleanup(func() { socket.CloseNow() })
	p := &page{t: t, ctx: ctx, socket: socket}
	p.call("Log.enable", nil)
	p.call("Runtime.enable", nil)
	p.call("Page.enable", nil)
	return p
}

// target waits until the browser listens and returns the address of its first tab.
func target(ctx context.Context, t *testing.T, profile string) string {
	t.Helper()
	for {
		text, _ := os.ReadFile(filepath.Join(profile, "DevToolsActivePort"))
		if port, _, ok := strings.Cut(string(text), "\n"); ok {
			return firstTab(t, "http://127.0.0.1:"+port+"/json/list")
		}
		select {
		case <-ctx.Done():
			t.Fatal("the browser did not start")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func firstTab(t *testing.T, list string) string {
	t.Helper()
	response, err := http.Get(list)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var tabs []struct {
		Type                 string
		WebSocketDebuggerURL string `json:"webSocketDebuggerUrl"`
	}
	if err := json.NewDecoder(response.Body).Decode(&tabs); err != nil {
		t.Fatal(err)
	}
	for _, tab := range tabs {
		if tab.Type == "page" {
			return tab.WebSocketDebuggerURL
		}
	}
	t.Fatalf("the browser has no tab: %v", tabs)
	return ""
}

// message is what the browser sends: the answer of a call, or an event.
type message struct {
	ID     int
	Method string
	Params struct {
		Entry struct{ Level, Text, URL string }
		Type  string
		Args  []struct{ Value any }
	}
	Result json.RawMessage
	Error  *struct{ Message string }
}

// call runs one command of the protocol and returns its result.
func (p *page) call(method string, params any) json.RawMessage {
	p.t.Helper()
	p.last++
	text, err := json.Marshal(map[string]any{"id": p.last, "method": method, "params": params})
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.socket.Write(p.ctx, websocket.MessageText, text); err != nil {
		p.t.Fatal(err)
	}
	for {
		_, text, err := p.socket.Read(p.ctx)
		if err != nil {
			p.t.Fatalf("%s: %v", method, err)
		}
		var m message
		if err := json.Unmarshal(text, &m); err != nil {
			p.t.Fatal(err)
		}
		p.note(m)
		if m.ID != p.last {
			continue
		}
		if m.Error != nil {
			p.t.Fatalf("%s: %s", method, m.Error.Message)
		}
		return m.Result
	}
}

// note keeps what the browser complains about.
func (p *page) note(m message) {
	switch {
	case m.Method == "Log.entryAdded" && m.Params.Entry.Level == "error":
		p.complaints = append(p.complaints, m.Params.Entry.Text+" "+m.Params.Entry.URL)
	case m.Method == "Runtime.consoleAPICalled" && m.Params.Type == "error":
		p.complaints = append(p.complaints, fmt.Sprint(m.Params.Args))
	case m.Method == "Runtime.exceptionThrown":
		p.complaints = append(p.complaints, "a script failed")
	}
}

// evaluate runs JavaScript in the page and returns whether its value is true.
func (p *page) evaluate(script string) bool {
	p.t.Helper()
	var answer struct{ Result struct{ Value any } }
	result := p.call("Runtime.evaluate", map[string]any{"expression": script, "returnByValue": true})
	if err := json.Unmarshal(result, &answer); err != nil {
		p.t.Fatal(err)
	}
	return answer.Result.Value == true
}

// await waits until a script is true.
func (p *page) await(what, script string) {
	p.t.Helper()
	for !p.evaluate(script) {
		select {
		case <-p.ctx.Done():
			p.t.Fatalf("%s did not appear; the browser complains: %v", what, p.complaints)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// press clicks into the middle of an element.
func (p *page) press(selector string) {
	p.t.Helper()
	script := `(() => { const r = document.querySelector(` + strconv.Quote(selector) + `).getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()`
	var answer struct{ Result struct{ Value []float64 } }
	if err := json.Unmarshal(p.call("Runtime.evaluate", map[string]any{"expression": script, "returnByValue": true}), &answer); err != nil {
		p.t.Fatal(err)
	}
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		p.call("Input.dispatchMouseEvent", map[string]any{
			"type": kind, "x": answer.Result.Value[0], "y": answer.Result.Value[1], "button": "left", "clickCount": 1,
		})
	}
}

// screenshot writes a picture of the page, unless file is "".
func (p *page) screenshot(file string) {
	p.t.Helper()
	if file == "" {
		return
	}
	var picture struct{ Data []byte }
	if err := json.Unmarshal(p.call("Page.captureScreenshot", nil), &picture); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(file, picture.Data, 0o644); err != nil {
		p.t.Fatal(err)
	}
}
