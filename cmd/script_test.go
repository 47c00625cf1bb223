package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/golden"
	"github.com/prisma1-go/prisma1/pkg/migration"
	"github.com/prisma1-go/prisma1/pkg/project"
	"github.com/prisma1-go/prisma1/pkg/server"
)

func TestMain(m *testing.M) {
	program := func() { os.Exit(Main(os.Args, os.Stdin, os.Stdout, os.Stderr)) }
	testscript.Main(m, map[string]func(){"prisma1": program, "prisma": program})
}

// TestScripts runs the command line as a person uses it: every file in testdata/script.
//
//	server [-version VERSION] [-on FOLDER] [SECRET]
//	                      starts a server, in memory or on a folder; its URL is $SERVER
//	dies FOLDER SERVICE STAGE
//	                      another server on the folder dies while it deploys
//	webpage               starts a server that answers HTML; its URL is $WEBPAGE
//	proxy                 starts an HTTP proxy that wants a password; its URL is $PROXY
//	nobody                starts a server that nobody may ask; its URL is $NOBODY
//	terminate             sends SIGTERM to the programs in the background
//	hangup                sends them SIGHUP
//	await URL [TEXT]      waits until GET URL answers, with TEXT in the answer
//	reads FILE TEXT       waits until a file has the text
//	query URL QUERY       posts a GraphQL query, with $TOKEN if that is set; the answer is stdout
//	screen stdout FILE    compares output; TIME stands for durations, SERVER for $SERVER, VERSION for the build
//
// $PORT is a free port and $HOME an empty folder.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:           "../testdata/script",
		UpdateScripts: golden.Update(),
		Setup:         setupScript,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"server":    scriptServer,
			"dies":      scriptDies,
			"webpage":   scriptWebpage,
			"proxy":     scriptProxy,
			"nobody":    scriptNobody,
			"terminate": scriptSignal(syscall.SIGTERM),
			"hangup":    scriptSignal(syscall.SIGHUP),
			"await":     scriptAwait,
			"query":     scriptQuery,
			"reads":     scriptReads,
			"screen":    scriptScreen,
		},
	})
}

func setupScript(env *testscript.Env) error {
	home := filepath.Join(env.WorkDir, ".home")
	if err := os.Mkdir(home, 0o755); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	env.Setenv("PORT", fmt.Sprint(listener.Addr().(*net.TCPAddr).Port))
	env.Setenv("HOME", home)
	env.Setenv("USERPROFILE", home)
	env.Defer(func() { stopLocal(home) })
	return listener.Close()
}

// stopLocal ends the local server of a script that failed half-way.
func stopLocal(home string) {
	text, err := os.ReadFile(filepath.Join(home, ".prisma", "local", "state.json"))
	var state localState
	if err == nil && json.Unmarshal(text, &state) == nil && state.PID > 1 && isUp(state.Address) {
		_ = endProcess(state.PID) // it may be gone
	}
}

func scriptSignal(signal os.Signal) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, _ []string) {
		for _, cmd := range ts.BackgroundCmds() {
			ts.Check(cmd.Process.Signal(signal))
		}
	}
}

func scriptServer(ts *testscript.TestScript, _ bool, args []string) {
	config := server.Config{Database: connector.Config{Connector: "sqlite", Memory: true}, Version: version}
	if len(args) > 1 && args[0] == "-version" {
		config.Version, args = args[1], args[2:]
	}
	if len(args) > 1 && args[0] == "-reports" {
		config.Reported, args = args[1], args[2:]
	}
	if len(args) > 1 && args[0] == "-on" {
		config.Database = connector.Config{Connector: "sqlite", Directory: ts.MkAbs(args[1])}
		args = args[2:]
	}
	if len(args) > 0 {
		config.ManagementSecrets = args
	}
	s, err := server.Open(context.Background(), config, slog.New(slog.DiscardHandler))
	ts.Check(err)
	address, err := s.Listen()
	ts.Check(err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	ts.Defer(func() {
		stop()
		ts.Check(<-done)
		ts.Check(s.Close())
	})
	ts.Setenv("SERVER", "http://"+address.String())
}

func scriptDies(ts *testscript.TestScript, _ bool, args []string) {
	ctx := context.Background()
	c, err := connector.Open(ctx, connector.Config{Connector: "sqlite", Directory: ts.MkAbs(args[0])}, nil)
	ts.Check(err)
	id := project.ID{Name: args[1], Stage: args[2]}
	_, _, err = c.Management().Lock(ctx, id, "the server on far-away (process 4711)", time.Hour)
	ts.Check(err)
	now, err := c.Management().Project(ctx, id)
	ts.Check(err)
	ts.Check(c.Management().CreateMigration(ctx, &migration.Migration{
		Project: id, Status: migration.InProgress, Schema: now.Schema, Datamodel: now.Datamodel, StartedAt: time.Now(),
	}))
	ts.Check(c.Close())
}

func scriptWebpage(ts *testscript.TestScript, _ bool, _ []string) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!DOCTYPE html><title>Welcome to nginx!</title>")
	}))
	ts.Defer(s.Close)
	ts.Setenv("WEBPAGE", s.URL)
}

func scriptProxy(ts *testscript.TestScript, _ bool, _ []string) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Proxy-Authenticate", `Basic realm="proxy"`)
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	ts.Defer(s.Close)
	ts.Setenv("PROXY", s.URL)
}

func scriptNobody(ts *testscript.TestScript, _ bool, _ []string) {
	var asked atomic.Pointer[string]
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request := r.Method + " " + r.RequestURI
		asked.Store(&request)
		http.Error(w, "nobody is here", http.StatusTeapot)
	}))
	ts.Defer(func() {
		s.Close()
		if request := asked.Load(); request != nil {
			ts.Check(fmt.Errorf("somebody was asked: %s", *request))
		}
	})
	ts.Setenv("NOBODY", s.URL)
}

func scriptAwait(ts *testscript.TestScript, _ bool, args []string) {
	want := strings.Join(args[1:], " ")
	var last string
	for range 400 {
		response, err := http.Get(args[0])
		if err == nil {
			body, _ := io.ReadAll(response.Body)
			response.Body.Close()
			last = string(body)
			if response.StatusCode == http.StatusOK && strings.Contains(last, want) {
				return
			}
		} else {
			last = err.Error()
		}
		time.Sleep(25 * time.Millisecond)
	}
	ts.Fatalf("%s did not answer %q in ten seconds: %s", args[0], want, last)
}

func scriptReads(ts *testscript.TestScript, _ bool, args []string) {
	var last []byte
	for range 400 {
		last, _ = os.ReadFile(ts.MkAbs(args[0])) // it may not be there yet
		if strings.Contains(string(last), args[1]) {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	ts.Fatalf("%s never had %q in it:\n%s", args[0], args[1], last)
}

func scriptQuery(ts *testscript.TestScript, _ bool, args []string) {
	answer := ""
	for range 200 { // a service may be just on its way
		var err error
		answer, err = post(args[0], args[1], ts.Getenv("TOKEN"))
		ts.Check(err)
		if len(args) < 3 || strings.Contains(answer, args[2]) {
			break
		}
		time.Sleep(25 * time.Millisecond)
	}
	fmt.Fprintln(ts.Stdout(), answer)
	if len(args) > 2 && !strings.Contains(answer, args[2]) {
		ts.Fatalf("%s: the answer never had %q in it: %s", args[1], args[2], answer)
	}
}

func post(url, query, token string) (string, error) {
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		return "", err
	}
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(string(body)))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(token))
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return string(answer), err
}

var (
	duration    = regexp.MustCompile(`\b\d+ms\b|\b\d+\.\ds\b`)
	timestamp   = regexp.MustCompile(`\bdatamodel-\d+`)
	thisProgram = regexp.MustCompile(`prisma/\S+ \(\S+\) \S+`)
)

func scriptScreen(ts *testscript.TestScript, _ bool, args []string) {
	got := timestamp.ReplaceAllString(duration.ReplaceAllString(ts.ReadFile(args[0]), "TIME"), "datamodel-TIMESTAMP")
	got = thisProgram.ReplaceAllString(got, "VERSION")
	if url := ts.Getenv("SERVER"); url != "" {
		got = strings.ReplaceAll(got, url, "SERVER")
		got = strings.ReplaceAll(got, strings.Replace(url, "http", "ws", 1), "WSSERVER")
	}
	if diff := cmp.Diff(strings.TrimSpace(ts.ReadFile(args[1])), strings.TrimSpace(got)); diff != "" {
		ts.Fatalf("%s differs (-want +got):\n%s", args[0], diff)
	}
}
