package web

import (
	"os"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/chromium"
	"github.com/prisma1-go/prisma1/pkg/cloud"
)

// TestBrowser is a person at the pages in Chromium, with scripts switched off: sign in, let a
// computer in, add a server, invite somebody, delete the workspace, take the computer's key back. The browser must have
// nothing to complain about.
func TestBrowser(t *testing.T) {
	t.Parallel()
	program := os.Getenv("PRISMA1_TEST_CHROMIUM")
	if program == "" {
		t.Skip("no browser: PRISMA1_TEST_CHROMIUM can name a Chromium")
	}
	s := start(t, nil)
	if _, err := s.cloud.AddServer(t.Context(), "", cloud.Sandbox, "http://127.0.0.1:4481"); err != nil {
		t.Fatal(err)
	}
	secret, err := s.cloud.RequestLogin("prisma1 on laptop", "192.0.2.7")
	if err != nil {
		t.Fatal(err)
	}
	p := chromium.Open(t, program)
	p.Call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true})
	picture := func(name string) {
		t.Helper()
		p.Screenshot(name)
		p.Call("Emulation.setDeviceMetricsOverride", map[string]any{"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": false})
		p.Screenshot(name + "-phone")
		if !p.Evaluate(`document.documentElement.scrollWidth <= 360`) {
			t.Errorf("%s is wider than a phone", name)
		}
		if !p.Evaluate(`[...document.querySelectorAll("th, td")].every(cell => cell.offsetParent === null || cell.offsetWidth > 200)`) {
			t.Errorf("%s has columns too narrow for words on a phone", name)
		}
		p.Call("Emulation.clearDeviceMetricsOverride", nil)
		p.Await("the wide page", `innerWidth > 360`)
		p.Call("Page.captureScreenshot", nil) // so that it is drawn before somebody clicks
	}
	reads := func(heading string) {
		t.Helper()
		p.Await(heading, `document.readyState === "complete" && document.querySelector("h1") !== null && document.querySelector("h1").innerText.startsWith("`+heading+`")`)
	}
	fill := func(selector, text string) {
		t.Helper()
		p.Press(selector)
		p.Call("Input.insertText", map[string]any{"text": text})
	}

	p.Call("Page.navigate", map[string]any{"url": s.url + "/cli-auth?secret=" + secret})
	reads("Sign in")
	fill("input[name=email]", "jane@example.org")
	fill("input[name=password]", "wrong password")
	picture("sign-in")
	p.Press("form.stack button")
	p.Await("what is wrong", `document.body.innerText.includes("Email or password is wrong.")`)
	picture("sign-in-wrong")
	fill("input[name=password]", password)
	p.Press("form.stack button")
	reads("Allow this computer?")
	picture("allow")
	p.Press("button[value=allow]")
	reads("You are logged in")
	picture("allowed")
	p.Press("main a")
	reads("Workspaces")
	picture("workspaces")
	p.Press(".card a")
	reads("jane")
	fill("input[name=name]", "production")
	fill("input[name=url]", "https://prisma.acme.example")
	p.Press(`form[action$="/servers"] button`)
	reads("production")
	p.Await("the key", `document.querySelector("pre").innerText.includes("BEGIN PUBLIC KEY")`)
	picture("server")
	p.Press("main p a")
	reads("jane")
	fill("input[name=email]", "anna@example.org")
	p.Press(`form[action$="/invite"] button`)
	p.Await("the link", `document.querySelector(".note pre") !== null && document.querySelector(".note pre").innerText.includes("/invitation?secret=")`)
	picture("workspace")
	p.Press(`a[href$="/delete"]`)
	reads("Delete jane?")
	fill("input[name=name]", "john")
	p.Press("button.danger")
	p.Await("that it was not deleted", `document.body.innerText.includes("That is not the name of the workspace. Nothing was deleted.")`)
	picture("delete")
	fill("input[name=name]", "jane")
	p.Press("button.danger")
	p.Await("that the sandbox is not there", `document.body.innerText.includes("on the server sandbox could not be deleted, so the workspace stays.")`)
	picture("delete-refused")
	if err := s.cloud.RemoveServer(t.Context(), "", cloud.Sandbox); err != nil {
		t.Fatal(err)
	}
	fill("input[name=name]", "jane")
	p.Press("button.danger")
	reads("jane is deleted")
	picture("deleted")
	p.Press("nav a:last-child")
	reads("Computers")
	p.Await("the laptop", `document.body.innerText.includes("prisma1 on laptop")`)
	picture("computers")
	p.Press("td button")
	p.Await("no computer", `document.body.innerText.includes("None yet")`)
	p.Press("header form button")
	reads("Sign in")
	var complaints []string
	for _, c := range p.Complaints {
		if !strings.Contains(c, "422") { // the wrong password, the wrong name
			complaints = append(complaints, c)
		}
	}
	if len(complaints) > 0 {
		t.Errorf("the browser complains:\n%s", strings.Join(complaints, "\n"))
	}
}
