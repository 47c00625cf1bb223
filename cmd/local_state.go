package cmd

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prisma1-go/prisma1/pkg/client"
)

// localState is what is known about the local server: ~/.prisma/local/state.json.
type localState struct {
	PID     int    `json:"pid"`
	Address string `json:"address"` // host:port
	Data    string `json:"data"`    // folder of the databases
	Log     string `json:"log"`
}

// URL is the server's address for clients, "" for no server.
func (s localState) URL() string {
	if s.Address == "" {
		return ""
	}
	return "http://" + strings.Replace(s.Address, "127.0.0.1", "localhost", 1)
}

// localServer reads the state and says whether the server it speaks of is alive: the process
// is there, and something answers on the port.
func (app *App) localServer() (localState, bool) {
	state, err := app.readLocal()
	if err != nil || state.PID == 0 {
		return state, false
	}
	return state, processRuns(state.PID) && isUp(state.Address)
}

func (app *App) readLocal() (localState, error) {
	dir, err := app.localDir()
	if err != nil {
		return localState{}, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "state.json"))
	if err != nil {
		return localState{}, err
	}
	var state localState
	return state, json.Unmarshal(text, &state)
}

func (app *App) forgetLocal() error {
	dir, err := app.localDir()
	if err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(dir, "state.json")); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

func isUp(address string) bool {
	web := http.Client{Timeout: 2 * time.Second}
	response, err := web.Get("http://" + address + "/status")
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// startLocal starts this program as a server of its own, or finds the one that runs.
func (app *App) startLocal(ctx context.Context, port int) (state localState, running bool, err error) {
	if state, running := app.localServer(); running {
		return state, true, nil
	}
	dir, err := app.localDir()
	if err != nil {
		return localState{}, false, err
	}
	state = localState{Data: filepath.Join(dir, "data"), Log: filepath.Join(dir, "server.log")}
	if err := os.MkdirAll(state.Data, 0o700); err != nil {
		return state, false, err
	}
	log, err := os.OpenFile(state.Log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return state, false, err
	}
	defer log.Close()
	begin, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return state, false, err
	}
	process, err := app.spawn(state.Data, port, log)
	if err != nil {
		return state, false, fmt.Errorf("start the local server: %w", err)
	}
	state.PID = process.Process.Pid
	state.Address, err = awaitAddress(ctx, process, state.Log, begin)
	if err != nil {
		return state, false, err
	}
	return state, false, app.writeLocal(dir, state)
}

// spawn starts the server detached from this terminal. Its secret, if any, goes through the
// environment and never through the arguments.
func (app *App) spawn(data string, port int, log *os.File) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	config := map[string]any{
		"port":      port,
		"databases": map[string]any{"default": map[string]any{"connector": "sqlite", "directory": data}},
	}
	if secret := app.Getenv(secretVariable); secret != "" {
		config["managementApiSecret"] = secret
	}
	text, err := json.Marshal(config) // JSON is YAML
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "server")
	cmd.Args[0] = "prisma1"
	cmd.Dir = data
	cmd.Env = append(slices.Clone(app.Environ), "PRISMA_CONFIG="+string(text))
	cmd.Stdout, cmd.Stderr = log, log
	detach(cmd)
	return cmd, cmd.Start()
}

// awaitAddress waits until the server writes where it runs, or ends and says why.
func awaitAddress(ctx context.Context, process *exec.Cmd, path string, begin int64) (string, error) {
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	deadline := time.After(20 * time.Second)
	for {
		if address := announced(logSince(path, begin)); address != "" && isUp(address) {
			return address, nil
		}
		select {
		case <-ended:
			return "", fmt.Errorf("The local server did not start. Its log says:\n%s", withoutArrows(string(logSince(path, begin))))
		case <-ctx.Done():
			return "", errors.Join(ctx.Err(), process.Process.Kill())
		case <-deadline:
			return "", errors.Join(fmt.Errorf("The local server did not start in 20 seconds. See %s", path), process.Process.Kill())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// withoutArrows is what a process wrote to its log, errors as they were before they were broken into
// lines with arrows in front.
func withoutArrows(log string) string {
	var text strings.Builder
	for line := range strings.Lines(log) {
		if rest, isError := strings.CutPrefix(line, " ▸"); isError {
			line = strings.TrimSpace(rest) + " "
		}
		text.WriteString(line)
	}
	return strings.TrimSpace(text.String())
}

func logSince(path string, begin int64) []byte {
	log, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer log.Close()
	if _, err := log.Seek(begin, io.SeekStart); err != nil {
		return nil
	}
	text, _ := io.ReadAll(io.LimitReader(log, 64<<10)) // as far as it could be read
	return text
}

// announced finds the address in "Server running on http://127.0.0.1:4466".
func announced(log []byte) string {
	_, rest, found := bytes.Cut(log, []byte("Server running on http://"))
	address, _, complete := bytes.Cut(rest, []byte("\n"))
	if !found || !complete {
		return ""
	}
	return strings.TrimSpace(string(address))
}

func (app *App) writeLocal(dir string, state localState) error {
	text, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		return err
	}
	temp := filepath.Join(dir, fmt.Sprintf("state.%d.json", os.Getpid()))
	if err := os.WriteFile(temp, append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, filepath.Join(dir, "state.json"))
}

// startLocalSaying starts the local server and says so.
func (app *App) startLocalSaying(ctx context.Context, port int) (string, error) {
	p := app.Terminal.Start("Starting the local server")
	state, _, err := app.startLocal(ctx, port)
	if err != nil {
		p.Abort()
		return "", err
	}
	p.Done()
	return state.URL(), nil
}

// mayStartFor says whether the local server would be what a deploy has missed: its endpoint is
// on this machine, nobody answers there, and no docker-compose.yml is to be started instead.
func (app *App) mayStartFor(t *target, err error) bool {
	_, unreachable := errors.AsType[*client.Unreachable](err)
	base, parseErr := url.Parse(t.Endpoint.Base)
	if !unreachable || parseErr != nil || base.Scheme != "http" || !app.Terminal.Interactive() {
		return false
	}
	if host := base.Hostname(); host != "localhost" && host != "127.0.0.1" {
		return false
	}
	if _, err := os.Stat(filepath.Join(t.File.Dir, "docker-compose.yml")); err == nil {
		return false
	}
	_, running := app.localServer()
	return !running
}

// offerLocal starts the local server where the endpoint is, after a yes. Without one it returns missing.
func (app *App) offerLocal(ctx context.Context, t *target, missing error) error {
	yes, err := app.Terminal.Confirm(fmt.Sprintf("No server answers at %s. Start the local server there?", t.Endpoint.Base), true)
	if err != nil {
		return err
	}
	if !yes {
		return missing
	}
	base, err := url.Parse(t.Endpoint.Base)
	if err != nil {
		return err
	}
	port, err := strconv.Atoi(cmp.Or(base.Port(), "80"))
	if err != nil {
		return err
	}
	if _, err := app.startLocalSaying(ctx, port); err != nil {
		return err
	}
	return t.greet(ctx, app)
}
