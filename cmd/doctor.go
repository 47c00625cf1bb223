package cmd

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/spf13/cobra"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/prismayml"
)

type doctorOptions struct {
	App        *App
	Definition definitionFlags

	JSON bool
}

func newDoctorCmd(app *App, run func(context.Context, *doctorOptions) error) *cobra.Command {
	opts := &doctorOptions{App: app}
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Find out why something does not work",
		Example: `- Check definition, server, authentication and database of this folder
  $ prisma1 doctor`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	opts.Definition.register(cmd)
	cmd.Flags().BoolVarP(&opts.JSON, "json", "j", false, "Json Output")
	return cmd
}

// checked is one thing the doctor looked at.
type checked struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
	Hint   string `json:"hint"` // what to do; "" when all is well
}

// examination is a visit at the doctor. A check that another one stands on is left out when
// that one failed.
type examination struct {
	app    *App
	target *target
	quiet  bool // the checks are printed elsewhere
	checks []checked
}

// runDoctor looks at everything between this folder and the database. It changes nothing.
func runDoctor(ctx context.Context, opts *doctorOptions) error {
	x := &examination{app: opts.App, quiet: opts.JSON, checks: []checked{}}
	x.program()
	x.session(ctx)
	if x.definition(ctx, opts) && x.server(ctx) {
		x.version(ctx)
		x.clock(ctx)
		x.service(ctx, x.access(ctx))
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	ok := true
	for _, c := range x.checks {
		ok = ok && c.OK
	}
	if opts.JSON {
		if err := printJSON(opts.App.Terminal, struct {
			OK     bool      `json:"ok"`
			Checks []checked `json:"checks"`
		}{ok, x.checks}); err != nil {
			return err
		}
	}
	if !ok {
		return errShown
	}
	return nil
}

func (x *examination) good(name, format string, args ...any) bool {
	x.add(checked{Name: name, OK: true, Detail: withoutTokens(fmt.Sprintf(format, args...))})
	return true
}

func (x *examination) bad(name string, err error, hint string) bool {
	if errors.Is(err, context.Canceled) { // by Ctrl-C, which says nothing about the patient
		return false
	}
	x.add(checked{Name: name, Detail: describe(err), Hint: hint})
	return false
}

// add prints a check when it is done: the next one may have to wait for a server.
func (x *examination) add(c checked) {
	x.checks = append(x.checks, c)
	if x.quiet {
		return
	}
	t := x.app.Terminal
	mark := t.Green("✔")
	if !c.OK {
		mark = t.Red("✖")
	}
	t.Printf("%s %s: %s\n", mark, t.Bold(c.Name), strings.ReplaceAll(c.Detail, "\n", "\n    "))
	if c.Hint != "" {
		t.Printf("    %s\n", c.Hint)
	}
}

// program looks for the original's command, which old hooks and scripts call.
func (x *examination) program() {
	self, err := os.Executable()
	if err != nil {
		x.bad("program", err, "")
		return
	}
	for _, name := range []string{"prisma1", "prisma"} {
		path := x.app.onPath(name)
		if path != "" && isOfNPM(path) && !sameFile(path, self) {
			x.bad("program", fmt.Errorf("%s is the old command line of npm", path), fmt.Sprintf("Remove it with npm uninstall -g prisma1 prisma, or make %s a link to this program, so that hooks call this one", name))
			return
		}
	}
	x.good("program", "prisma1 %s, and no other one on PATH", version)
}

// onPath is the file that a shell would run for a name, "" when there is none.
func (app *App) onPath(name string) string {
	endings := []string{""}
	if runtime.GOOS == "windows" {
		endings = []string{".exe", ".cmd", ".bat", ".ps1"}
	}
	for _, dir := range filepath.SplitList(app.Getenv("PATH")) {
		for _, ending := range endings {
			path := filepath.Join(dir, name+ending)
			if stat, err := os.Stat(path); err == nil && stat.Mode().IsRegular() {
				return path
			}
		}
	}
	return ""
}

// isOfNPM says whether a program is a script that npm or yarn put there.
func isOfNPM(path string) bool {
	if resolved, err := filepath.EvalSymlinks(path); err == nil && (strings.Contains(resolved, "node_modules") || strings.HasSuffix(resolved, ".js")) {
		return true
	}
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	begin, err := io.ReadAll(io.LimitReader(file, 2048)) // a script of npm is shorter
	return err == nil && !bytes.Contains(begin, []byte{0}) && bytes.Contains(begin, []byte("node"))
}

func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// session looks at ~/.prisma/config.yml.
func (x *examination) session(ctx context.Context) {
	registry, err := x.app.registry()
	if err != nil {
		x.bad("config", err, "Correct the file, or move it away")
		return
	}
	key := cmp.Or(x.app.Getenv("PRISMA_CLOUD_SESSION_KEY"), registry.SessionKey())
	if key != "" {
		if err := checkSessionKey(key); err != nil {
			x.bad("config", err, "Remove it with prisma1 logout")
			return
		}
	}
	x.good("config", "%s, %d clusters", registry.Path(), len(registry.Clusters()))
	access, err := x.app.cloud()
	if err != nil {
		x.bad("cloud", err, "Correct cloudEndpoint in config.yml, or "+cloudVariable)
	}
	if access == nil {
		return
	}
	me, err := access.me(ctx)
	if err != nil {
		x.bad("cloud", err, "Log in with prisma1 login, or out with prisma1 logout")
		return
	}
	x.good("cloud", "logged in to %s as %s", access.Endpoint, me.Email)
}

func (x *examination) definition(ctx context.Context, opts *doctorOptions) bool {
	file, err := opts.Definition.load(x.app, "")
	if errors.Is(err, prismayml.ErrNotFound) {
		return x.bad("definition", err, "Go into the folder of your service, or make one with prisma1 init")
	}
	if err != nil {
		return x.bad("definition", err, "Correct it and try again")
	}
	if _, err := file.Sources(); err != nil {
		return x.bad("definition", err, "The paths of datamodel are relative to prisma.yml")
	}
	x.good("definition", "%s", file.Path)
	if x.target, err = x.app.connect(file, ""); err != nil {
		return x.bad("endpoint", err, "It looks like http://localhost:4466/SERVICE/STAGE")
	}
	if err := x.target.signIn(ctx, x.app); err != nil {
		return x.bad("cloud", err, "Log in again with prisma1 login")
	}
	return x.good("endpoint", "%s (server %s)", x.target.Endpoint.HTTP(), x.target.Label)
}

func (x *examination) server(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, probeDeadline)
	defer cancel()
	begin := time.Now()
	_, err := x.target.Server.ServerInfo(ctx)
	if err == nil {
		return x.good("server", "%s answered in %d ms", x.target.Endpoint.Base, time.Since(begin).Milliseconds())
	}
	hint := "Look at the address and at proxies and firewalls in between"
	if !x.target.Endpoint.Private && errors.Is(err, syscall.ECONNREFUSED) {
		hint = "Start it with prisma1 local start, or prisma1 dev"
	}
	if e, ok := errors.AsType[*client.Unreachable](err); ok && e.Cause != nil {
		err = fmt.Errorf("%w (%s)", err, withoutURL(e.Cause))
	}
	return x.bad("server", err, hint)
}

// withoutURL leaves out the address in front of what went wrong.
func withoutURL(err error) string {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		err = inner
		if strings.HasPrefix(err.Error(), "dial ") || strings.HasPrefix(err.Error(), "proxyconnect ") || strings.HasPrefix(err.Error(), "tls") {
			break
		}
	}
	return err.Error()
}

func (x *examination) version(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, probeDeadline)
	defer cancel()
	answer, err := x.target.Server.ServerInfo(ctx)
	switch {
	case err != nil:
		x.bad("version", err, "")
	case !inSync(answer.Version):
		x.bad("version", fmt.Errorf("this program is %s, the server %s", version, answer.Version), "Bring both to the same minor version")
	default:
		x.good("version", "server %s, database %s", answer.Version, cmp.Or(answer.PrimaryConnector, "unknown"))
	}
}

// maxSkew is how far two clocks may lie apart; servers allow tokens a minute.
const maxSkew = time.Minute

func (x *examination) clock(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, probeDeadline)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, x.target.Endpoint.Base+"/status", nil)
	if err != nil {
		x.bad("clock", err, "")
		return
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		x.bad("clock", &client.Unreachable{Server: x.target.Endpoint.Base, Cause: err}, "")
		return
	}
	response.Body.Close()
	there, err := http.ParseTime(response.Header.Get("Date"))
	if err != nil {
		x.good("clock", "the server does not tell its time")
		return
	}
	if skew := time.Since(there).Abs().Round(time.Second); skew > maxSkew {
		x.bad("clock", fmt.Errorf("this computer and the server are %s apart", skew), "Set the clocks; tokens are refused otherwise")
		return
	}
	x.good("clock", "agrees with the server's")
}

// access asks something that needs a token, if the server wants one.
func (x *examination) access(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, probeDeadline)
	defer cancel()
	source := x.target.signedBy.Source
	_, err := x.target.Server.Projects(ctx)
	if x.target.token != "" { // it is for one service
		_, err = x.target.Server.Project(ctx, x.target.Endpoint.Name(), x.target.Endpoint.Stage)
		if client.NoService(err) {
			err = nil
		}
	}
	switch {
	case client.NeedsSecret(err):
		return x.bad("authentication", x.target.explain(err), fmt.Sprintf("The requests are signed with: %s", cmp.Or(source, "no secret")))
	case err != nil:
		return x.bad("authentication", err, "")
	case source == "":
		return x.good("authentication", "the server accepts requests without a secret")
	}
	return x.good("authentication", "the server accepts requests signed with %s%s", source, x.expiry())
}

// expiry says until when the management token of this run is valid.
func (x *examination) expiry() string {
	token, err := managementToken(x.target.signedBy.Text)
	if x.target.token != "" {
		token = x.target.token
	}
	if err != nil || token == "" {
		return ""
	}
	claims := jwt.MapClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(token, claims); err != nil {
		return ""
	}
	expiry, err := claims.GetExpirationTime()
	if err != nil || expiry == nil {
		return ""
	}
	return ", valid until " + expiry.UTC().Format(time.DateOnly)
}

// service asks the data API for one of its own fields, which also wakes its database. Only who is
// let in at the management API can ask more.
func (x *examination) service(ctx context.Context, admitted bool) {
	ctx, cancel := context.WithTimeout(ctx, probeDeadline)
	defer cancel()
	name, stage := x.target.Endpoint.Name(), x.target.Endpoint.Stage
	if _, err := x.target.Server.Project(ctx, name, stage); client.NoService(err) {
		x.bad("service", fmt.Errorf("%s@%s is not on the server", name, stage), "Bring it there with prisma1 deploy")
		return
	}
	api, err := x.target.service()
	if err != nil {
		x.bad("service", err, "")
		return
	}
	if _, err := api.Do(ctx, `{ __typename }`, nil); err != nil {
		x.bad("service", x.target.explainService(err), "")
		return
	}
	x.good("service", "%s@%s answers", name, stage)
	if admitted {
		x.database(ctx, name, stage)
	}
}

// database asks for the last migration, which the server reads from its database.
func (x *examination) database(ctx context.Context, name, stage string) {
	last, err := x.target.Server.MigrationStatus(ctx, name, stage)
	switch {
	case err != nil:
		x.bad("database", err, "The log of the server says more")
	case last.Status != "" && last.Status != "SUCCESS":
		x.bad("database", fmt.Errorf("migration %d of the service is %s", last.Revision, last.Status), "Deploy again with prisma1 deploy")
	default:
		x.good("database", "revision %d of the service", last.Revision)
	}
}
