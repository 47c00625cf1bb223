//go:build !windows

package cmd

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/auth"
	"github.com/prisma1-go/prisma1/pkg/cluster"
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/connector/connectortest"
	"github.com/prisma1-go/prisma1/pkg/cuid"
)

// program is prisma1 as a process of its own, with what it printed.
type program struct {
	*exec.Cmd
	out *record
}

// launch starts prisma1 and waits until it printed each of the texts.
func launch(t *testing.T, home string, env []string, args []string, texts ...string) *program {
	t.Helper()
	p := &program{exec.Command("prisma1", args...), &record{}}
	p.Env = append(append(os.Environ(), "HOME="+home, "CI=1"), env...)
	p.Dir = home
	p.Stdout, p.Stderr = p.out, p.out
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Process.Signal(syscall.SIGTERM)
		p.Wait()
	})
	for range 1200 {
		missing := false
		for _, text := range texts {
			missing = missing || !strings.Contains(p.out.String(), text)
		}
		if !missing {
			return p
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("prisma1 %s never said %q: %s", strings.Join(args, " "), texts, p.out)
	return nil
}

// byPipe is prisma1 without a terminal.
func byPipe(dir, home string, env []string, stdin string, args ...string) *exec.Cmd {
	cmd := exec.Command("prisma1", args...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
	cmd.Env = append(append(os.Environ(), "HOME="+home, "CI=1", "BROWSER=true"), env...)
	return cmd
}

// run runs prisma1 by pipe and returns all that it printed.
func run(t *testing.T, dir, home string, env []string, stdin string, args ...string) (string, error) {
	t.Helper()
	out, err := byPipe(dir, home, env, stdin, args...).CombinedOutput()
	return string(out), err
}

// must runs what has to succeed and returns its results. What it tells on stderr,
// that it waits on a busy machine for one, is none of them.
func must(t *testing.T, dir, home, stdin string, args ...string) string {
	t.Helper()
	var told bytes.Buffer
	cmd := byPipe(dir, home, nil, stdin, args...)
	cmd.Stderr = &told
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("prisma1 %s: %v\n%s%s", strings.Join(args, " "), err, out, told.String())
	}
	return string(out)
}

// ownCloud is a cloud with its sandbox and a private server, each a process, on loopback.
type ownCloud struct {
	t       *testing.T
	home    string // of the operator; the data are below
	url     string
	sandbox string
	private string // server "production" of the workspace jane
	process *program
}

const personsPassword = "correct horse battery"

func startCloud(t *testing.T, env ...string) *ownCloud {
	t.Helper()
	c := &ownCloud{t: t, home: t.TempDir()}
	out := must(t, c.home, c.home, personsPassword+"\n", "cloud", "user", "add", "jane@example.org", "--name", "Jane", "--password-stdin")
	if want := "Added jane@example.org\nWorkspace: jane\n"; out != want {
		t.Fatalf("got %q, want %q", out, want)
	}
	c.process = launch(t, c.home, env, []string{"cloud", "--port", "0", "--sandbox-port", "0", "--log-level", "debug"}, "Cloud running on ", "Sandbox running on ")
	c.url = after(t, c.process.out.String(), "Cloud running on ")
	c.sandbox = after(t, c.process.out.String(), "Sandbox running on ")
	// The private server needs the key before it starts, and the cloud its address.
	key := must(t, c.home, c.home, "", "cloud", "server", "add", "production", "--url", "http://127.0.0.1:1", "--workspace", "jane")
	config := "port: 0\nhost: 127.0.0.1\ndatabases: {default: {connector: sqlite, directory: private}}\n" + key[strings.Index(key, "managementApiPublicKey"):]
	server := launch(t, c.home, []string{"PRISMA_CONFIG=" + config}, []string{"server"}, "Server running on ")
	c.private = after(t, server.out.String(), "Server running on ")
	must(t, c.home, c.home, "", "cloud", "server", "add", "production", "--url", c.private, "--workspace", "jane")
	return c
}

func after(t *testing.T, text, before string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, before)
	if !ok {
		t.Fatalf("no %q in %q", before, text)
	}
	return strings.Fields(rest)[0]
}

// allow lets a computer in, as a person with a browser without JavaScript.
func (c *ownCloud) allow(link string) {
	c.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	page := c.send(browser.Get(link))
	if !strings.Contains(page, "<h1>Sign in</h1>") {
		c.t.Fatalf("no page to sign in: %s", page)
	}
	u, err := url.Parse(link)
	if err != nil {
		c.t.Fatal(err)
	}
	page = c.send(browser.PostForm(c.url+"/sign-in", url.Values{"email": {"jane@example.org"}, "password": {personsPassword}, "next": {u.RequestURI()}}))
	if !strings.Contains(page, "<h1>Allow this computer?</h1>") {
		c.t.Fatalf("nobody is asked: %s", page)
	}
	page = c.send(browser.PostForm(c.url+"/cli-auth", url.Values{"secret": {u.Query().Get("secret")}, "answer": {"allow"}}))
	if !strings.Contains(page, "<h1>You are logged in</h1>") {
		c.t.Fatalf("not let in: %s", page)
	}
}

func (c *ownCloud) send(response *http.Response, err error) string {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

var loginLink = regexp.MustCompile(`http\S+/cli-auth\?secret=[\w-]+`)

// allows lets the computer in whose link is on the screen.
func (s *screen) allows(c *ownCloud) {
	s.t.Helper()
	s.reads("in the browser")
	c.allow(loginLink.FindString(s.seen.String()))
	s.reads("Authenticated with jane@example.org")
}

// shortens puts a key into config.yml that ends in an hour.
func (c *ownCloud) shortens(home string) {
	c.t.Helper()
	registry, err := cluster.Open(home)
	if err != nil {
		c.t.Fatal(err)
	}
	login, err := auth.ReadLogin(registry.SessionKey())
	if err != nil {
		c.t.Fatal(err)
	}
	private, _, err := auth.DerivePair(readFile(c.t, c.home, ".prisma", "cloud", "cloud.key"), "prisma1 cloud login")
	if err != nil {
		c.t.Fatal(err)
	}
	signer, err := auth.ParsePrivateKey(string(private))
	if err != nil {
		c.t.Fatal(err)
	}
	short, err := auth.SignLogin(signer, login.UserID, login.ID, time.Hour)
	if err != nil {
		c.t.Fatal(err)
	}
	registry.SetSessionKey(short)
	if err := registry.Save(); err != nil {
		c.t.Fatal(err)
	}
}

// TestCloud is a day of somebody who has a cloud: they log in from the wizard, deploy to the
// sandbox and to a private server, list, delete and log out.
func TestCloud(t *testing.T) {
	t.Parallel()
	c := startCloud(t)
	dir, definition := wizardFolder(t)
	home := filepath.Join(dir, ".home")
	environment := []string{"BROWSER=true"}

	// Logged out, the wizard offers to log in; then it knows the servers by name.
	first := onTerminal(t, dir, environment, "deploy", "--new")
	first.reads("Use other server")
	first.types(up + up + enter)
	first.reads("Enter the address of your cloud")
	first.types(c.url + enter)
	first.allows(c)
	first.reads("Sandbox")
	first.reads("Private server at " + c.private)
	first.types(down + enter)
	first.reads("Choose a name for your service")
	first.types("shop" + enter)
	first.reads("Choose a name for your stage")
	first.types(enter)
	first.reads("Written endpoint `" + c.sandbox + "/jane/shop/dev` to prisma.yml")
	first.reads("to server `sandbox`")
	first.reads("Your Prisma endpoint is live:")
	first.ends(0)
	if want := "endpoint: " + c.sandbox + "/jane/shop/dev\n"; !strings.HasSuffix(definition(), want) {
		t.Errorf("prisma.yml: got %q, want …%q", definition(), want)
	}
	config := readFile(t, home, ".prisma", "config.yml")
	if !strings.Contains(config, "cloudEndpoint: "+c.url+"\n") || !strings.Contains(config, "cloudSessionKey: ey") {
		t.Errorf("config.yml: %s", config)
	}

	// Again by pipe, as in CI: the key is in config.yml.
	if out := must(t, dir, home, "", "deploy"); !strings.Contains(out, "Service is already up to date.") {
		t.Errorf("deploy again: %s", out)
	}
	if out := must(t, dir, home, "", "migrations", "list"); !strings.Contains(out, "2         SUCCESS") {
		t.Errorf("migrations list: %s", out)
	}
	var info jsonService
	if err := json.Unmarshal([]byte(must(t, dir, home, "", "info", "--json")), &info); err != nil || info.Storage == nil || info.Storage.Used < 1000 || info.Storage.Limit != sandboxBytes {
		t.Errorf("info: storage %+v, %v", info.Storage, err)
	}
	if out := must(t, dir, home, "", "info"); !strings.Contains(out, " of 100.0 MB\n") {
		t.Errorf("info: %s", out)
	}
	// What is taken is asked about, on a private server by name.
	second := onTerminal(t, dir, environment, "deploy", "--new")
	second.reads("Private server at")
	second.types(down + down + enter)
	second.reads("Choose a name for your service")
	second.types("shop" + enter)
	second.reads("Choose a name for your stage")
	second.types("prod" + enter)
	second.reads("Written endpoint `" + c.private + "/shop/prod` to prisma.yml")
	second.reads("to server `production`")
	second.reads("Your Prisma endpoint is live:")
	second.ends(0)

	var listed []jsonListed
	if err := json.Unmarshal([]byte(must(t, dir, home, "", "list", "--json")), &listed); err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(listed), "[{jane/shop dev sandbox} {jane/shop prod production}]"; got != want {
		t.Errorf("list: got %s, want %s", got, want)
	}
	if out := must(t, dir, home, "", "account"); out != "Email: jane@example.org\nName:  Jane\nCloud: "+c.url+"\n" {
		t.Errorf("account: %q", out)
	}
	must(t, dir, home, "", "doctor")
	c.shortens(home)
	must(t, dir, home, "", "list") // any call renews a key in its last day
	if login, err := auth.ReadLogin(after(t, readFile(t, home, ".prisma", "config.yml"), "cloudSessionKey: ")); err != nil || time.Until(login.Expires) < 48*time.Hour {
		t.Errorf("the key was not renewed: %+v, %v", login, err)
	}
	config = readFile(t, home, ".prisma", "config.yml")
	token := must(t, dir, home, "", "token", "--management")
	if answer, err := post(c.private+"/management", `{ listProjects { name } }`, token); err != nil || !strings.Contains(answer, "none satisfied") {
		t.Errorf("a token for one service lists all: %s, %v", answer, err)
	}
	if answer, err := post(c.sandbox+"/management", `{ project(name: "shop", stage: "prod") { name } }`, token); err != nil || !strings.Contains(answer, `"code":3015`) {
		t.Errorf("a token for one server opens another: %s, %v", answer, err)
	}
	must(t, dir, home, "", "delete", "--force")
	if out := must(t, dir, home, "", "list"); strings.Contains(out, "production") || !strings.Contains(out, "sandbox") {
		t.Errorf("list after delete: %s", out)
	}

	// A key that was taken back, and a cloud that is gone, are named.
	key := after(t, config, "cloudSessionKey: ")
	if out := must(t, dir, home, "", "logout"); out != "You have been successfully logged out.\n" {
		t.Errorf("logout: %q", out)
	}
	if config := readFile(t, home, ".prisma", "config.yml"); config != "cloudEndpoint: "+c.url+"\n" {
		t.Errorf("config.yml after logout: %s", config)
	}
	if out, err := run(t, dir, home, nil, "", "login", "--key", key); err == nil || !strings.Contains(out, "taken back") {
		t.Errorf("login with a key that was taken back: %v %s", err, out)
	}
	if out, err := run(t, dir, home, nil, "", "deploy"); err == nil || !strings.Contains(out, "prisma1 login") {
		t.Errorf("deploy logged out: %v %s", err, out)
	}
	// On a terminal the deploy offers to log in, and goes on. In CI a variable holds the key.
	must(t, c.home, c.home, personsPassword+"\n", "cloud", "user", "add", "john@example.org", "--password-stdin")
	again := onTerminal(t, dir, environment, "deploy")
	again.reads("Log in to the cloud at " + c.url)
	again.types(enter)
	again.allows(c)
	again.reads("Your Prisma endpoint is live:")
	again.ends(0)
	key = after(t, readFile(t, home, ".prisma", "config.yml"), "cloudSessionKey: ")
	if out, err := run(t, dir, t.TempDir(), []string{"PRISMA_CLOUD_SESSION_KEY=" + key, "CLOUD_API_ENDPOINT=" + c.url}, "", "deploy"); err != nil || !strings.Contains(out, "Service is already up to date.") {
		t.Errorf("deploy with a key from the environment: %v %s", err, out)
	}
	// With a workspace goes what it has on the sandbox, and its name stays nobody's for a while.
	if out := must(t, c.home, c.home, "", "cloud", "workspace", "delete", "jane", "--force"); out != "Deleted shop/dev on sandbox\nNot deleted: shop/prod on production goes on\nDeleted workspace jane\n" {
		t.Errorf("delete the workspace: %q", out)
	}
	if answer, err := post(c.sandbox+"/jane/shop/dev", `{ users { id } }`, ""); err != nil || !strings.Contains(answer, "Project not found") {
		t.Errorf("the service after that: %s, %v", answer, err)
	}
	if out := must(t, c.home, c.home, "", "cloud", "workspace", "list"); strings.Contains(out, "jane") || !strings.Contains(out, "john@example.org") {
		t.Errorf("workspaces: %s", out)
	}
	if log := c.process.out.String(); strings.Contains(log, key) || strings.Contains(log, personsPassword) || strings.Contains(log, "secret=") {
		t.Errorf("the log has secrets in it: %s", log)
	}
}

// TestCloudOnDatabases: records and sandbox lie on the databases of the configuration.
func TestCloudOnDatabases(t *testing.T) {
	t.Parallel()
	connectortest.EachConfig(t, func(t *testing.T, config connector.Config) {
		if config.Memory {
			t.Skip("a cloud lies on disk")
		}
		home, dir := t.TempDir(), ""
		database := map[string]any{"connector": config.Connector}
		if config.Connector != "sqlite" {
			database = map[string]any{
				"connector": config.Connector, "host": config.Host, "port": config.Port, "user": config.User, "password": config.Password,
				"connectionLimit": 5, "managementSchema": config.ManagementSchema,
			}
		}
		if config.Connector == "postgres" {
			database["database"] = config.Database
		}
		text, err := json.Marshal(map[string]any{"databases": map[string]any{"default": database}, "sandbox": map[string]any{"port": 0}})
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(home, "cloud.yml")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		must(t, home, home, personsPassword+"\n", "cloud", "user", "add", "jane@example.org", "--password-stdin", "--config", file)
		process := launch(t, home, nil, []string{"cloud", "--port", "0", "--config", file}, "Cloud running on ", "Sandbox running on ")
		c := &ownCloud{t: t, home: home, url: after(t, process.out.String(), "Cloud running on ")}
		dir, _ = wizardFolder(t)
		login := onTerminal(t, dir, []string{"BROWSER=true"}, "login", "--cloud", c.url)
		login.allows(c)
		login.ends(0)
		service := "s" + cuid.New() // a database of its own on MySQL
		if out := must(t, dir, filepath.Join(dir, ".home"), "", "deploy", "--server", "sandbox", "--service", service, "--stage", "dev"); !strings.Contains(out, "Your Prisma endpoint is live:") {
			t.Errorf("deploy: %s", out)
		}
		must(t, dir, filepath.Join(dir, ".home"), "", "delete", "--force")
		if out := must(t, dir, filepath.Join(dir, ".home"), "", "list"); out != "No deployed service found\n" {
			t.Errorf("list: %s", out)
		}
		if config.Connector == "mysql" {
			dropDatabases(t, config.ManagementSchema+"_cloud", config.ManagementSchema+"_cloud_records", config.ManagementSchema+"_sandbox")
		}
	})
}

func dropDatabases(t *testing.T, names ...string) {
	t.Helper()
	db, err := sql.Open("mysql", os.Getenv("PRISMA1_TEST_MYSQL"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, name := range names {
		if _, err := db.Exec("DROP DATABASE `" + name + "`"); err != nil {
			t.Error(err)
		}
	}
}

// TestCloudIsGone: logout works without the cloud, and says that the key still holds.
func TestCloudIsGone(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, ".prisma"), 0o700); err != nil {
		t.Fatal(err)
	}
	config := "cloudEndpoint: http://127.0.0.1:1\ncloudSessionKey: eyJhbGciOiJIUzI1NiJ9.eyJ1c2VySWQiOiJhIn0.eA\n"
	if err := os.WriteFile(filepath.Join(home, ".prisma", "config.yml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := run(t, home, home, nil, "", "list"); err != nil || !strings.Contains(out, "The cloud at http://127.0.0.1:1 was not reached") || !strings.Contains(out, "No deployed service found") {
		t.Errorf("list: %v %s", err, out)
	}
	out, err := run(t, home, home, nil, "", "logout")
	if err != nil || !strings.Contains(out, "You have been successfully logged out.") || !strings.Contains(out, "the key itself still holds") {
		t.Errorf("logout: %v %s", err, out)
	}
	if got := readFile(t, home, ".prisma", "config.yml"); got != "cloudEndpoint: http://127.0.0.1:1\n" {
		t.Errorf("config.yml: %s", got)
	}
}

// TestSecondCloud: two on the same data would each take the sandbox for its own, so only one of them starts.
func TestSecondCloud(t *testing.T) {
	t.Parallel()
	c := startCloud(t)
	second := []string{"cloud", "--port", "0", "--sandbox-port", "0"}
	if out, err := run(t, c.home, c.home, nil, "", second...); err == nil || !strings.Contains(out, "Another cloud runs on the data in") {
		t.Errorf("a second cloud: %v %s", err, out)
	}
	if out := must(t, c.home, c.home, "", "cloud", "server", "list"); !strings.Contains(out, " "+c.sandbox+" ") {
		t.Errorf("the sandbox at %s is not registered any more:\n%s", c.sandbox, out)
	}
	c.process.Process.Kill()
	c.process.Wait()
	port := strings.TrimPrefix(c.sandbox, "http://127.0.0.1:")
	taken, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if out, err := run(t, c.home, c.home, nil, "", "cloud", "--port", "0", "--sandbox-port", port); err == nil || !strings.Contains(out, "port "+port+" is in use") {
		t.Errorf("a cloud whose port is taken: %v %s", err, out)
	}
	if out := must(t, c.home, c.home, "", "cloud", "server", "list"); !strings.Contains(out, " "+c.sandbox+" ") {
		t.Errorf("the sandbox at %s is not registered any more, because one could not start:\n%s", c.sandbox, out)
	}
}

// TestLoginOverABadLine: a line that is down for some seconds does not end a login.
func TestLoginOverABadLine(t *testing.T) {
	t.Parallel()
	c := startCloud(t)
	there, err := url.Parse(c.url)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(there)
	var asked atomic.Int32
	line := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			proxy.ServeHTTP(w, r)
			return
		}
		if n := asked.Add(1); n == 1 || n > 4 {
			proxy.ServeHTTP(w, r)
			return
		}
		if connection, _, err := w.(http.Hijacker).Hijack(); err == nil {
			connection.Close()
		}
	}))
	t.Cleanup(line.Close)
	s := onTerminal(t, t.TempDir(), []string{"BROWSER=true"}, "login", "--cloud", line.URL)
	s.allows(c)
	s.reads("Successfully signed in")
	s.ends(0)
	if asked.Load() < 5 {
		t.Errorf("the line was never bad: %d requests", asked.Load())
	}
}

// TestCloudWithNpmCLI: the original command line logs in, deploys to the sandbox and deletes. It
// takes a token of the cloud for servers on other hosts only, so the sandbox is reached by ::1.
func TestCloudWithNpmCLI(t *testing.T) {
	t.Parallel()
	modules := os.Getenv("PRISMA1_TEST_NPM")
	if modules == "" {
		t.Skip("no original command line: PRISMA1_TEST_NPM can name the node_modules folder that has prisma1@1.34.12")
	}
	cli := filepath.Join(modules, "prisma1", "dist", "index.js")
	home := t.TempDir()
	must(t, home, home, personsPassword+"\n", "cloud", "user", "add", "jane@example.org", "--password-stdin")
	process := launch(t, home, nil, []string{"cloud", "--port", "0", "--host", "::1", "--sandbox-port", "0"}, "Cloud running on ", "Sandbox running on ")
	c := &ownCloud{t: t, home: home, url: after(t, process.out.String(), "Cloud running on "), sandbox: after(t, process.out.String(), "Sandbox running on ")}
	dir, _ := wizardFolder(t)
	npm := func(args ...string) *exec.Cmd {
		cmd := exec.Command("node", append([]string{cli}, args...)...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "HOME="+filepath.Join(dir, ".home"), "CI=1", "CLOUD_API_ENDPOINT="+c.url, "CONSOLE_ENDPOINT=dev", "PRISMA_MANAGEMENT_API_SECRET=")
		return cmd
	}
	login := npm("login")
	out, err := login.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := login.Start(); err != nil {
		t.Fatal(err)
	}
	said := ""
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said += lines.Text() + "\n"
		if link := loginLink.FindString(lines.Text()); link != "" {
			_, secret, _ := strings.Cut(link, "?")
			c.allow(c.url + "/cli-auth?" + secret)
		}
	}
	if err := login.Wait(); err != nil || !strings.Contains(said, "Authenticated with jane@example.org") {
		t.Fatalf("login: %v\n%s", err, said)
	}
	if err := os.WriteFile(filepath.Join(dir, "prisma.yml"), []byte("endpoint: "+c.sandbox+"/jane~shop/dev\ndatamodel: datamodel.prisma\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ command, want string }{
		{"account", "jane@example.org"},
		{"deploy", "Your Prisma endpoint is live:"},
		{"list", "shop"},
		{"delete --force", "Deleting service"},
	} {
		said, err := npm(strings.Fields(step.command)...).CombinedOutput()
		if err != nil || !strings.Contains(string(said), step.want) {
			t.Fatalf("%s: %v\n%s\n%s", step.command, err, said, process.out)
		}
	}
	if answer, err := post(c.sandbox+"/jane/shop/dev", `{ users { id } }`, ""); err != nil || !strings.Contains(answer, `"code":3016`) {
		t.Errorf("the service is still there: %s, %v", answer, err)
	}
	// It renews its key and lists the servers of its cloud at one fixed address. When that leads to the cloud, both work.
	led := c.atFixedAddress(dir)
	c.shortens(filepath.Join(dir, ".home"))
	deploy := npm("deploy")
	deploy.Env = append(deploy.Env, led...)
	if said, err := deploy.CombinedOutput(); err != nil || !strings.Contains(string(said), "to server `sandbox`") {
		t.Errorf("deploy to a server that the cloud names: %v %s", err, said)
	}
	registry, err := cluster.Open(filepath.Join(dir, ".home"))
	if err != nil {
		t.Fatal(err)
	}
	if login, err := auth.ReadLogin(registry.SessionKey()); err != nil || time.Until(login.Expires) < 48*time.Hour {
		t.Errorf("the key was not renewed: %+v, %v", login, err)
	}
	if said, err := npm("delete", "--force").CombinedOutput(); err != nil {
		t.Errorf("delete: %v %s", err, said)
	}
	if said, err := npm("list").CombinedOutput(); err != nil || strings.Contains(string(said), "shop") {
		t.Errorf("list after delete: %v %s", err, said)
	}
}

// atFixedAddress lets https://api.cloud.prisma.sh lead to the cloud, for a process of Node (18 or
// newer) with the environment that it returns. To others that is for DNS and a certificate.
func (c *ownCloud) atFixedAddress(dir string) []string {
	c.t.Helper()
	hook := filepath.Join(dir, "lead.js")
	const script = `const send = globalThis.fetch
globalThis.fetch = (to, ...rest) => send(to === "https://api.cloud.prisma.sh" ? %q : to, ...rest)
`
	if err := os.WriteFile(hook, []byte(fmt.Sprintf(script, c.url)), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return []string{"NODE_OPTIONS=--require " + hook}
}
