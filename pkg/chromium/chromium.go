// Package chromium is a browser for tests.
package chromium

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
)

// A Page is a tab of a browser, spoken to in the DevTools protocol.
type Page struct {
	t          *testing.T
	ctx        context.Context
	socket     *websocket.Conn
	last       int
	Complaints []string // what the console shows as an error
}

// Open starts a Chromium that reaches this machine alone; it ends with the test.
func Open(t *testing.T, program string) *Page {
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
	p := &Page{t: t, ctx: ctx, socket: socket}
	p.Call("Log.enable", nil)
	p.Call("Runtime.enable", nil)
	p.Call("Page.enable", nil)
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

// Call runs one command of the protocol and returns its result.
func (p *Page) Call(method string, params any) json.RawMessage {
	p.t.Helper()
	result, err := p.ask(method, params)
	if err != nil {
		p.t.Fatal(err)
	}
	return result
}

// ask is Call for a command that the browser may refuse.
func (p *Page) ask(method string, params any) (json.RawMessage, error) {
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
			return nil, fmt.Errorf("%s: %s", method, m.Error.Message)
		}
		return m.Result, nil
	}
}

// note keeps what the browser complains about.
func (p *Page) note(m message) {
	switch {
	case m.Method == "Log.entryAdded" && m.Params.Entry.Level == "error":
		p.Complaints = append(p.Complaints, m.Params.Entry.Text+" "+m.Params.Entry.URL)
	case m.Method == "Runtime.consoleAPICalled" && m.Params.Type == "error":
		p.Complaints = append(p.Complaints, fmt.Sprint(m.Params.Args))
	case m.Method == "Runtime.exceptionThrown":
		p.Complaints = append(p.Complaints, "a script failed")
	}
}

// Evaluate runs JavaScript in the page and returns whether its value is true.
// It is not while the browser goes from one page to the next, where it refuses scripts.
func (p *Page) Evaluate(script string) bool {
	p.t.Helper()
	var answer struct{ Result struct{ Value any } }
	result, err := p.ask("Runtime.evaluate", map[string]any{"expression": script, "returnByValue": true})
	if err != nil {
		return false
	}
	if err := json.Unmarshal(result, &answer); err != nil {
		p.t.Fatal(err)
	}
	return answer.Result.Value == true
}

// Await waits until a script is true.
func (p *Page) Await(what, script string) {
	p.t.Helper()
	for !p.Evaluate(script) {
		select {
		case <-p.ctx.Done():
			p.t.Fatalf("%s did not appear; the browser complains: %v", what, p.Complaints)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Press clicks into the middle of an element.
func (p *Page) Press(selector string) {
	p.t.Helper()
	script := `(() => { const e = document.querySelector(` + strconv.Quote(selector) + `); e.scrollIntoView({ block: "nearest" }); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()`
	var answer struct{ Result struct{ Value []float64 } }
	if err := json.Unmarshal(p.Call("Runtime.evaluate", map[string]any{"expression": script, "returnByValue": true}), &answer); err != nil {
		p.t.Fatal(err)
	}
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		p.Call("Input.dispatchMouseEvent", map[string]any{
			"type": kind, "x": answer.Result.Value[0], "y": answer.Result.Value[1], "button": "left", "clickCount": 1,
		})
	}
}

// Screenshot writes a picture of the page, NAME.png, into the folder that
// PRISMA1_TEST_SCREENSHOTS names, if it names one.
func (p *Page) Screenshot(name string) {
	p.t.Helper()
	folder := os.Getenv("PRISMA1_TEST_SCREENSHOTS")
	if folder == "" {
		return
	}
	var picture struct{ Data []byte }
	if err := json.Unmarshal(p.Call("Page.captureScreenshot", nil), &picture); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture.Data, 0o644); err != nil {
		p.t.Fatal(err)
	}
}
