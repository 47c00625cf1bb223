//go:build !windows

package cmd

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// shows is the screen without empty lines at its end.
func (s *screen) shows() string {
	var lines []string
	for line := range strings.SplitSeq(s.view.String(), "\n") {
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// TestListOnScreen: the first list as the original drew it, also where the window is narrow;
// once answered, only the name stays.
func TestListOnScreen(t *testing.T) {
	t.Parallel()
	for columns, want := range map[int]string{
		100: `? Set up a new Prisma server or deploy to an existing server? (Use arrow keys)
❯ Local server               Start a Prisma server with SQLite on this machine
  Hello world                Write an example service for prisma1 dev
  Use existing database      Connect to existing database
  Create new database        Set up a local database using Docker
  Log in to a cloud          Sandbox and private servers of your cloud (requires login)
  Use other server           Manually provide endpoint of a running Prisma server`,
		40: `? Set up a new Prisma server or deploy t
o an existing server? (Use arrow keys)
❯ Local server           Start a Prism…
  Hello world            Write an exam…
  Use existing database  Connect to ex…
  Create new database    Set up a loca…
  Log in to a cloud      Sandbox and p…
  Use other server       Manually prov…`,
	} {
		t.Run(fmt.Sprint(columns), func(t *testing.T) {
			t.Parallel()
			s := onTerminalOf(t, columns, initFolder(t), nil, "init", "shop")
			end := want[strings.LastIndex(want, "Manually"):]
			s.reads(end)
			s.types(up + down)
			s.reads(end) // drawn again, twice
			s.reads(end)
			if got := s.shows(); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			s.types(down + down + down + enter)
			s.reads("What kind of database")
			s.types(ctrlC)
			s.ends(130)
			joined := strings.ReplaceAll(s.shows(), "\n", "")
			if !strings.Contains(joined, "existing server? Create new database? What kind of database") {
				t.Errorf("the answer is not one name:\n%s", s.shows())
			}
		})
	}
}

// TestDumbTerminal: without cursor keys there are numbers, and no escape codes.
func TestDumbTerminal(t *testing.T) {
	t.Parallel()
	url := memoryServer(t, "s3cret")
	dir := initFolder(t)
	s := onTerminal(t, dir, []string{"TERM=dumb"}, "init", "shop")
	s.reads("6. Use other server")
	s.types("9\n")
	s.reads(`>> "9" is not a number from 1 to 6`)
	s.types("6\n")
	s.reads("Enter the endpoint of your Prisma server (http://localhost:4466)")
	s.types(url + "\n")
	s.reads("Enter the management API secret")
	s.types("s3cret\n")
	s.reads("Choose a name for your service (shop)")
	s.types("\n")
	s.reads("Choose a name for your stage (dev)")
	s.types("\n")
	s.reads("(Y/n)")
	s.types("maybe\n")
	s.reads(`"maybe" is neither yes nor no`)
	s.types("n\n")
	s.reads("5. Don't generate")
	s.types("5\n")
	s.reads("Created 2 new files:")
	s.ends(0)
	if seen := s.seen.String(); strings.Contains(seen, "\x1b") || strings.Contains(seen, "s3cret") {
		t.Errorf("escape codes, or the secret: %q", seen)
	}
	if got := readFile(t, dir, "shop", "prisma.yml"); got != "endpoint: "+url+"/shop/dev\ndatamodel: datamodel.prisma\n" {
		t.Error(got)
	}
	for prompt, kind := range map[string]string{"Number": "TERM=", "Enter the endpoint": "TERM=dumb"} {
		s := onTerminal(t, dir, []string{kind}, "init", "other")
		s.reads("Number")
		if prompt != "Number" {
			s.types("6\n")
			s.reads(prompt)
		}
		if err := s.command.Process.Signal(os.Interrupt); err != nil { // as a terminal does for Ctrl-C
			t.Fatal(err)
		}
		s.ends(130)
	}
}

// TestToldToEndAtAPrompt: a prompt does not outlive SIGTERM, SIGHUP or SIGINT, and leaves the terminal
// and the files as they were. Ctrl-D is no Enter.
func TestToldToEndAtAPrompt(t *testing.T) {
	t.Parallel()
	for name, tell := range map[string]func(*screen){
		"SIGTERM": func(s *screen) { s.command.Process.Signal(syscall.SIGTERM) },
		"SIGHUP":  func(s *screen) { s.command.Process.Signal(syscall.SIGHUP) },
		"SIGINT":  func(s *screen) { s.command.Process.Signal(os.Interrupt) },
		"Ctrl-D":  func(s *screen) { s.types("\x04") },
	} {
		for _, prompt := range []string{"list", "text", "secret"} {
			t.Run(name+" "+prompt, func(t *testing.T) {
				t.Parallel()
				dir, definition := wizardFolder(t)
				s := onTerminal(t, dir, []string{"PRISMA_MANAGEMENT_API_SECRET="}, "deploy")
				s.reads(firstQuestion)
				if prompt != "list" {
					s.types(up + enter)
					s.reads("Enter the endpoint")
				}
				if prompt == "secret" {
					s.types(memoryServer(t, "s3cret") + enter)
					s.reads("Enter the management API secret")
				}
				s.types("")
				tell(s)
				s.ends(130)
				if definition() != noEndpoint {
					t.Errorf("prisma.yml changed: %q", definition())
				}
			})
		}
	}
}

// TestWizardAsksAgain: an address where nobody answers, a wrong secret and a name that is taken
// are told at the prompt, before anything is written.
func TestWizardAsksAgain(t *testing.T) {
	t.Parallel()
	url := memoryServer(t, "s3cret")
	dir, definition := wizardFolder(t)
	first := onTerminal(t, dir, []string{"PRISMA_MANAGEMENT_API_SECRET=s3cret"}, "deploy", "--endpoint", url+"/my-service/dev")
	first.reads("endpoint is live")
	first.ends(0)
	s := onTerminal(t, dir, []string{"PRISMA_MANAGEMENT_API_SECRET=old"}, "deploy")
	s.reads(firstQuestion)
	s.types(up + enter)
	s.reads("Enter the endpoint")
	s.types("localhost:4466" + enter)
	s.reads(">> localhost:4466 is not a valid endpoint")
	s.types("http://127.0.0.1:1" + enter)
	s.reads("Could not connect to server at http://127.0.0.1:1")
	s.reads("Use it all the same?")
	s.types(enter)
	s.reads("Enter the endpoint")
	s.types(url + "/typed/prod" + enter)
	s.reads("Enter the management API secret")
	s.types("wrong" + enter)
	s.reads("The server does not accept this secret")
	s.reads("Enter the management API secret")
	s.types("s3cret" + enter)
	s.reads("Choose a name for your service (typed)")
	s.types("my-service" + enter)
	s.reads("Choose a name for your stage (prod)")
	s.types("dev" + enter)
	s.reads("already. Deploy to that one?")
	if definition() != noEndpoint {
		t.Errorf("prisma.yml changed: %q", definition())
	}
	s.types(enter)
	s.reads("Choose a name for your service")
	s.types("my-service" + enter)
	s.reads("Choose a name for your stage")
	s.types("new" + enter)
	s.reads("Keep the secret in .env")
	s.types("n" + enter)
	s.reads("endpoint is live")
	s.ends(0)
	if want := noEndpoint + "\nendpoint: " + url + "/my-service/new\n"; definition() != want {
		t.Errorf("got %q, want %q", definition(), want)
	}
	if _, err := os.Stat(filepath.Join(dir, ".env")); !os.IsNotExist(err) {
		t.Errorf(".env: %v", err)
	}
}

// TestDeployOffersLocalServer: nobody answers at an endpoint on this machine, so the local
// server may be started there; a no changes nothing.
func TestDeployOffersLocalServer(t *testing.T) {
	t.Parallel()
	dir, _ := wizardFolder(t)
	address := freeAddress(t)
	env := []string{"PRISMA_MANAGEMENT_API_ENDPOINT=" + address + "/shop/dev"}
	t.Cleanup(func() { stopLocal(filepath.Join(dir, ".home")) })
	no := onTerminal(t, dir, env, "deploy")
	no.reads("No server answers at " + address + ". Start the local server there?")
	no.types("n" + enter)
	no.reads("Could not connect to server at " + address)
	no.ends(1)
	yes := onTerminal(t, dir, env, "deploy")
	yes.reads("Start the local server there?")
	yes.types(enter)
	yes.reads("Starting the local server")
	yes.reads("endpoint is live")
	yes.ends(0)
	compose := filepath.Join(dir, "docker-compose.yml")
	if err := os.WriteFile(compose, []byte("services:\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	stopLocal(filepath.Join(dir, ".home"))
	docker := onTerminal(t, dir, []string{"PRISMA_MANAGEMENT_API_ENDPOINT=http://localhost:1/shop/dev"}, "deploy")
	docker.reads("Could not connect to server at http://localhost:1")
	docker.ends(1)
}

// TestWizardStartsLocalServerLast: a person who stops at the last question has no server running.
func TestWizardStartsLocalServerLast(t *testing.T) {
	t.Parallel()
	dir := initFolder(t)
	s := onTerminal(t, dir, nil, "init", "shop")
	s.reads(firstQuestion)
	s.types(enter)
	s.reads("Choose a name for your service")
	s.types(enter)
	s.reads("Choose a name for your stage")
	s.types(enter)
	s.reads("Select the programming language")
	s.types(ctrlC)
	s.ends(130)
	if _, err := os.Stat(filepath.Join(dir, ".home", ".prisma", "local")); !os.IsNotExist(err) {
		t.Errorf("something was started: %v", err)
	}
}

// freeAddress is a URL on this machine where nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("http://localhost:%d", listener.Addr().(*net.TCPAddr).Port)
}

// TestNoPrompt: with CI, --no-interactive or its variable nobody is asked, even on a terminal;
// the message names the flag that answers, and nothing is written.
func TestNoPrompt(t *testing.T) {
	t.Parallel()
	url := memoryServer(t, "s3cret")
	here := []string{"PRISMA_MANAGEMENT_API_ENDPOINT=" + freeAddress(t) + "/shop/dev"}
	there := []string{"PRISMA_MANAGEMENT_API_ENDPOINT=" + url + "/shop/dev", "PRISMA_MANAGEMENT_API_SECRET=s3cret"}
	for _, c := range []struct {
		command string
		env     []string
		want    string
		status  int
	}{
		{"init new", nil, "--endpoint http://HOST:4466/SERVICE/STAGE, or --server, or --yes", 1},
		{"init new --server local", nil, "Give --service, or --yes", 1},
		{"init new --server existing-database", nil, "Give --database", 1},
		{"init new --server existing-database --database mysql --yes", nil, "Give --database-user", 1},
		{"init new --server existing-database --database mysql --database-user me --yes", nil, "Give --database-password-env", 1},
		{"init new --server " + url + " --service a --stage b", nil, "Give --secret-env", 1},
		{"deploy", nil, "--endpoint http://HOST:4466/SERVICE/STAGE", 1},
		{"deploy --new", here, "--new needs --server, --service and --stage, or --yes to take what is suggested", 1},
		{"deploy --server " + url + " --stage b", there, "Give --service, or --yes", 1},
		{"deploy --server " + url + " --service a", there, "Give --stage, or --yes", 1},
		{"deploy", here, "Could not connect to server", 1},
		{"delete", there, "--force", 1},
		{"reset", there, "--force", 1},
		{"dev new", nil, "--yes", 1},
	} {
		for _, quiet := range []struct{ flag, variable string }{{"", "CI=true"}, {" --no-interactive", ""}, {"", "PRISMA_NO_INTERACTIVE=1"}} {
			t.Run(c.command+quiet.flag+quiet.variable, func(t *testing.T) {
				t.Parallel()
				dir, definition := wizardFolder(t)
				s := onTerminal(t, dir, append(c.env, quiet.variable), strings.Fields(c.command+quiet.flag)...)
				s.reads(c.want[strings.LastIndex(c.want, " ")+1:])
				s.ends(c.status)
				seen := strings.Join(strings.Fields(strings.ReplaceAll(s.seen.String(), "▸", "")), " ")
				if !strings.Contains(seen, c.want) || strings.Contains(seen, "? ") {
					t.Errorf("got %q, want %q", seen, c.want)
				}
				if _, err := os.Stat(filepath.Join(dir, "new")); !os.IsNotExist(err) || definition() != noEndpoint {
					t.Errorf("something was written: %v %q", err, definition())
				}
			})
		}
	}
}

// TestNarrowScreen: help and errors break between words.
func TestNarrowScreen(t *testing.T) {
	t.Parallel()
	help := onTerminalOf(t, 60, initFolder(t), nil, "info", "--help")
	help.reads("--project PROJECT")
	help.reads("file")
	help.ends(0)
	want := ` -e, --env-file ENV-FILE    Path to .env file to inject env
                            vars
`
	if got := help.shows(); !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	help = onTerminalOf(t, 40, initFolder(t), nil, "migrations", "resolve", "--help")
	help.reads("resolve --yes")
	help.ends(0)
	want = `End a deploy that hangs

Takes the lock from whatever server
deploys the service, and finishes or
takes back what that one began. A
server that was killed needs no help:
another one takes over after ten
seconds of silence.

Flags:
  -e, --env-file ENV-FILE
      Path to .env file to inject env
      vars
`
	if got := help.shows(); !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	wrong := onTerminalOf(t, 40, initFolder(t), nil, "info")
	wrong.reads("directory?")
	wrong.ends(1)
	want = ` ▸    Couldn’t find ` + "`prisma.yml`" + ` file.
 ▸    Are you in the right directory?`
	if got := wrong.shows(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestTypedIntoAList: what nothing is called is told, and taken back by Backspace.
func TestTypedIntoAList(t *testing.T) {
	t.Parallel()
	dir, _ := wizardFolder(t)
	s := onTerminal(t, dir, nil, "deploy")
	s.reads("Use other server")
	s.types("xy")
	s.reads("Nothing is called that. Backspace takes back what was typed.")
	s.types(enter + "\x7f\x7f")
	s.reads("Use other server")
	s.types("other" + enter)
	s.reads("Enter the endpoint")
	s.types(ctrlC)
	s.ends(130)
}

// TestWizardWithoutCloud: a cloud that is not there leads back to the list.
func TestWizardWithoutCloud(t *testing.T) {
	t.Parallel()
	dir, definition := wizardFolder(t)
	s := onTerminal(t, dir, nil, "deploy")
	s.reads("Use other server")
	s.types(down + enter)
	s.reads("Enter the address of your cloud")
	s.types("http://127.0.0.1:1" + enter)
	s.reads(">> The cloud at http://127.0.0.1:1 was not reached")
	s.reads(firstQuestion)
	s.types(ctrlC)
	s.ends(130)
	if definition() != noEndpoint {
		t.Errorf("prisma.yml changed: %q", definition())
	}
}

// TestPasswordAsksAgain: a password that is none is told before it is typed again.
func TestPasswordAsksAgain(t *testing.T) {
	t.Parallel()
	s := onTerminal(t, t.TempDir(), nil, "cloud", "user", "add", "jane@example.org", "--data", "data")
	for _, c := range []struct{ password, again, says string }{
		{"short", "", ">> The password is too short: it must have at least 10 characters."},
		{"correct horse", "correct hose", ">> The two passwords are not the same"},
		{"correct horse", "correct horse", "Added jane@example.org"},
	} {
		s.reads("Choose a password")
		s.types(c.password + enter)
		if c.again != "" {
			s.reads("Type it again")
			s.types(c.again + enter)
		}
		s.reads(c.says)
	}
	s.ends(0)
	if strings.Contains(s.seen.String(), "orse") {
		t.Errorf("a password was shown: %q", s.seen)
	}
}
