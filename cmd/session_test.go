package cmd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/server"
)

// A session is a folder and what is done in it, one step after the other.
type session struct {
	steps     []step
	watchHome bool // changes of ~/.prisma/config.yml belong to what comes of it
}

// A step writes a file, copies one, sends a query or runs the command line.
//
//	$ NAME=value prisma1 deploy --force
//	$ cp changed.prisma datamodel.prisma
//	# POST /hello/dev: { users { name } }
type step struct {
	write    string // path of the file that text becomes; "~" is the home folder
	text     string
	line     string // the command or query as it stands in the session
	recorded string // what came of it, where the session is a recording
}

// The addresses that stand in sessions; the servers of a test take their place.
const (
	openAddress   = "http://localhost:4466"
	secretAddress = "http://localhost:4467" // its management secret is "right"
	deadAddress   = "http://localhost:4999"
)

// originalSection of a session in testdata/original is what the original made of it.
const originalSection = "[original]"

// parseScript reads the session in a txtar file: files first, then the commands of its comment.
func parseScript(comment string, files []string, get func(string) string) session {
	s := session{watchHome: true}
	for _, file := range files {
		if file != originalSection {
			s.steps = append(s.steps, step{write: file, text: get(file)})
		}
	}
	for line := range strings.Lines(comment) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "$ ") || strings.HasPrefix(line, "# POST ") {
			s.steps = append(s.steps, step{line: line})
		}
	}
	return s
}

var (
	fileHead = regexp.MustCompile(`^-- (\S+)( \(changed\))? --$`)
	stepHead = regexp.MustCompile(`^(\$ |# POST )`)
)

// parseRecording reads a session of the original with all that came of it. Recordings were made
// with one server on several ports; they are one address here.
func parseRecording(text string) session {
	text = strings.ReplaceAll(text, "http://localhost:4468", openAddress)
	var s session
	for line := range strings.Lines(text) {
		if head := fileHead.FindStringSubmatch(strings.TrimSpace(line)); head != nil {
			s.steps = append(s.steps, step{write: head[1]})
			continue
		}
		if stepHead.MatchString(line) {
			s.steps = append(s.steps, step{line: strings.TrimSpace(line)})
			continue
		}
		if len(s.steps) == 0 {
			continue // the title
		}
		if last := &s.steps[len(s.steps)-1]; last.write != "" {
			last.text += line
		} else {
			last.recorded += line
		}
	}
	for i := range s.steps {
		s.steps[i].text = strings.TrimSuffix(s.steps[i].text, "\n\n") + "\n"
	}
	return s
}

// onTerminal says whether somebody sat at a terminal in a recording.
func (s session) onTerminal() bool {
	return slices.ContainsFunc(s.steps, func(st step) bool { return strings.HasSuffix(st.line, "(terminal)") })
}

// recording is what came of the steps of a recorded session.
func (s session) recording() string {
	var out strings.Builder
	for _, st := range s.steps {
		if st.line != "" {
			out.WriteString(st.line + "\n" + compacted(st.recorded))
		}
	}
	return normal(out.String())
}

// compacted takes the spaces out of the recorded answer of a query.
func compacted(recorded string) string {
	answer, found := strings.CutPrefix(recorded, "# {")
	if !found {
		return recorded
	}
	var out bytes.Buffer
	if json.Compact(&out, []byte("{"+answer)) != nil {
		return recorded
	}
	return "# " + out.String() + "\n"
}

// A stage is the folder, the home and the servers that a session plays on.
type stage struct {
	folder, home string
	program      []string          // the command line
	addresses    map[string]string // what stands in sessions → what it is here
	files        map[string]string // in folder as last seen, by name
	watchHome    bool              // config.yml in home belongs to files
}

func newStage(t *testing.T, program ...string) *stage {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{folder: filepath.Join(root, "service"), home: filepath.Join(root, "home"), program: program, files: map[string]string{}}
	for _, dir := range []string{s.folder, s.home} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s.addresses = map[string]string{
		openAddress:   sessionServer(t),
		secretAddress: sessionServer(t, "right"),
		deadAddress:   "http://localhost:1",
	}
	return s
}

// sessionServer starts a server and returns its URL, in which localhost is its host.
func sessionServer(t *testing.T, secrets ...string) string {
	t.Helper()
	url := serverOf(t, server.Config{
		Database:          connector.Config{Connector: "sqlite", Memory: true},
		Version:           "1.34.12", // the original warns of every server that is not of its own minor version
		ManagementSecrets: secrets, RawAccess: true,
	})
	return strings.Replace(url, "127.0.0.1", "localhost", 1)
}

// play does what a session says and returns what came of it.
func (s *stage) play(t *testing.T, session session) string {
	t.Helper()
	s.watchHome = session.watchHome
	var out strings.Builder
	for _, st := range session.steps {
		switch {
		case st.write != "":
			s.write(t, st.write, s.real(st.text))
		case strings.HasPrefix(st.line, "# POST "):
			out.WriteString(st.line + "\n# " + s.post(t, strings.TrimPrefix(st.line, "# POST ")) + "\n")
		case strings.HasPrefix(st.line, "$ cp "):
			words := strings.Fields(st.line)
			s.write(t, words[3], s.files[words[2]])
		default:
			out.WriteString(st.line + "\n" + s.run(t, strings.Fields(st.line)[1:]))
		}
	}
	return normal(out.String())
}

// real puts the addresses of this stage into a text, all at once: a port may begin like one of sessions.
func (s *stage) real(text string) string {
	var pairs []string
	for address, real := range s.addresses {
		pairs = append(pairs, address, real)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// shown puts the addresses and folders of sessions into what a program said.
func (s *stage) shown(text string) string {
	pairs := []string{s.folder, "/service", s.home, "~"}
	for address, real := range s.addresses {
		pairs = append(pairs, real, address, "ws"+strings.TrimPrefix(real, "http"), "ws"+strings.TrimPrefix(address, "http"))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func (s *stage) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(s.folder, name)
	rest, home := strings.CutPrefix(name, "~")
	if home {
		path = filepath.Join(s.home, rest)
	}
	if !home || s.watchHome {
		s.files[name] = text
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// post sends what stands behind # POST: a path and a query.
func (s *stage) post(t *testing.T, line string) string {
	t.Helper()
	path, query, _ := strings.Cut(line, ": ")
	answer, err := post(s.addresses[openAddress]+path, query, "")
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// run runs the command line as a recording shows it: stdout, stderr, exit status, and the files
// that are new or other than before.
func (s *stage) run(t *testing.T, words []string) string {
	t.Helper()
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.home, "USERPROFILE=" + s.home}
	if s.program[0] == "node" { // the original asks the cloud; no test leaves this machine
		env = append(env, "CLOUD_API_ENDPOINT=http://127.0.0.1:1", "NO_UPDATE_NOTIFIER=1", "NODE_NO_WARNINGS=1")
	}
	for strings.Contains(words[0], "=") {
		env, words = append(env, words[0]), words[1:]
	}
	if words[0] != "prisma1" {
		t.Fatalf("%s: a session runs prisma1 alone", words)
	}
	for i := range words {
		words[i] = s.real(words[i])
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), s.program[0], slices.Concat(s.program[1:], words[1:])...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = s.folder, env, &stdout, &stderr
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatal(err)
	}
	out := stdout.String()
	if stderr.Len() > 0 {
		out = withNewline(out) + "[stderr]\n" + stderr.String()
	}
	return s.shown(fmt.Sprintf("%s[exit %d]\n%s\n", withNewline(out), cmd.ProcessState.ExitCode(), s.changes(t)))
}

func withNewline(text string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "\n"
}

// changes lists the files that are not as they were, with what is in them now.
func (s *stage) changes(t *testing.T) string {
	t.Helper()
	now := map[string]string{}
	err := filepath.WalkDir(s.folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(s.folder, path) // below it
		now[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(s.home, ".prisma", "config.yml")); err == nil && s.watchHome {
		now["~/.prisma/config.yml"] = string(text)
	}
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(now)) {
		before, was := s.files[name]
		if was && before == now[name] {
			continue
		}
		text := now[name]
		if !utf8.ValidString(text) {
			text = "(binary)"
		}
		fmt.Fprintf(&out, "[file %s]\n%s", name, withNewline(text))
	}
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		if _, is := now[name]; !is {
			fmt.Fprintf(&out, "[file %s is gone]\n", name)
		}
	}
	s.files = now
	return out.String()
}

// What differs from run to run gets one name. Both command lines break their messages at 80
// columns, so that paths of other lengths break them elsewhere: they are made whole.
var varying = []struct {
	pattern *regexp.Regexp
	name    string
}{
	{regexp.MustCompile(`\b\d+(ms|\.\ds)\b`), "TIME"},
	{regexp.MustCompile(`\bc[a-z0-9]{24}\b`), "ID"},
	{regexp.MustCompile(`local:[\w:-]+`), "local:ID"},
	{regexp.MustCompile(`\bdatamodel-\d+`), "datamodel-TIME"},
	{regexp.MustCompile(`\beyJ[\w-]+\.[\w-]+\.[\w-]+`), "TOKEN"},
	{regexp.MustCompile(`prisma/\S+ \(\S+\) \S+`), "prisma/VERSION"},
	{regexp.MustCompile(`(server version:) \S+`), "$1 VERSION"},
	{regexp.MustCompile(`(?m)[ \t]+$`), ""},
	{regexp.MustCompile(`(?m)^Applying changes\.\.\. \([1-9]\d*/\d+\)\n(Applying changes\.\.\. \()`), "$1"},
	{regexp.MustCompile(`\n ▸ +(\S)`), "\n ▸    $1"},
	{regexp.MustCompile(`\n+(\[(stderr|exit|file)|\$ |# POST)`), "\n$1"},
	{regexp.MustCompile(`\n+$`), "\n"},
}

func normal(text string) string {
	for _, v := range varying {
		text = v.pattern.ReplaceAllString(text, v.name)
	}
	return unwrapped(text)
}

// unwrapped joins the lines of a message that stand behind arrows.
func unwrapped(text string) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		rest, arrow := strings.CutPrefix(line, " ▸")
		if last := len(out) - 1; arrow && last >= 0 && strings.HasPrefix(out[last], " ▸") {
			out[last] = strings.TrimRight(out[last]+" "+strings.TrimSpace(rest), " ")
			continue
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}
