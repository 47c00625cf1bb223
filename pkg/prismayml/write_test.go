package prismayml

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestWithEndpoint(t *testing.T) {
	for _, c := range []struct{ name, before, want string }{
		{"appended", "# my service\ndatamodel: datamodel.prisma   # the model\n", "# my service\ndatamodel: datamodel.prisma   # the model\n\nendpoint: NEW\n"},
		{"without last newline", "datamodel: a", "datamodel: a\nendpoint: NEW\n"},
		{"empty", "", "\nendpoint: NEW\n"},
		{"only a comment", "# hello\n", "# hello\n\nendpoint: NEW\n"},
		{"replaced", "endpoint: http://localhost:4466/hello/dev\ndatamodel: datamodel.prisma\n", "#endpoint: http://localhost:4466/hello/dev\nendpoint: NEW\ndatamodel: datamodel.prisma\n"},
		{"quotes and comment", "a: 1\nendpoint: \"x\" # here\nb: 2\n", "a: 1\n#endpoint: \"x\" # here\nendpoint: \"NEW\"\nb: 2\n"},
		{"single quotes", "endpoint: 'x'", "#endpoint: 'x'\nendpoint: 'NEW'\n"},
		{"several lines", "endpoint: >-\n  http://x\nb: 2\n", "#endpoint: >-\n#  http://x\nendpoint: NEW\nb: 2\n"},
		{"carriage returns", "endpoint: x\r\nb: 2\r\n", "#endpoint: x\r\nendpoint: NEW\r\nb: 2\r\n"},
		{"in braces", "{endpoint: x, b: 2}\n", "{endpoint: NEW, b: 2}\n"},
		{"not in braces", "{b: 2}\n", "{endpoint: 'NEW', b: 2}\n"},
		{"block text at the end", "custom: |+\n  a\n\n", "custom: |+\n  a\n\nendpoint: NEW\n"},
		{"end of document", "b: 2\n...\n", "endpoint: NEW\nb: 2\n...\n"},
		{"empty value", "endpoint:\nb: 2\n", "#endpoint:\nendpoint: NEW\nb: 2\n"},
		{"byte order mark", "\ufeffendpoint: x\n", "\ufeff#endpoint: x\nendpoint: NEW\n"},
	} {
		const endpoint = "http://localhost:4466/new/dev"
		got, err := with([]byte(c.before), "endpoint", endpoint)
		if want := strings.ReplaceAll(c.want, "NEW", endpoint); err != nil || string(got) != want {
			t.Errorf("%s: %v\n got %q\nwant %q", c.name, err, got, want)
		}
	}
}

// TestWithEndpointKeepsEveryByte puts files together by chance: comments, quotes, blocks, braces,
// anchors, line ends, a byte order mark. Only the endpoint may differ.
func TestWithEndpointKeepsEveryByte(t *testing.T) {
	t.Parallel()
	parts := []string{
		"# comment", "", "datamodel: a.prisma # the model", "secret: 'it''s # not a comment'", "hooks:\n  post-deploy:\n    - echo \"a: b\"",
		"custom:\n  text: |\n    endpoint: not this one\n\n  more: 1", "generate:\n- generator: x\n  output: y", "disableAuth: yes # tab\t",
		"seed: {import: s.graphql,\n  run: x}", "subscriptions: &all\n  a: {query: \"x\\\n    y\", webhook: 'http://w#x'}", "databaseType: \"relational\"   ",
	}
	olds := []string{
		"endpoint: http://a/b/c", "endpoint: \"http://a\"   # where", "endpoint:   'http://a'", "endpoint:\n  http://a/\n  # deep\n", "endpoint: >\n  http://a\n",
		"endpoint: |-\n  http://a", "\"endpoint\": http://a", "endpoint:", "endpoint: ~", "endpoint: &e http://a", "endpoint: ${env:HOST}/a/b",
	}
	begins := []string{"", "", "", "\ufeff", "---\n", "# first\n---\n", "\ufeff# first\n", "\n\n"}
	random := rand.New(rand.NewPCG(4, 66))
	for range 1000 {
		chosen := append([]string{}, parts...)
		random.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
		chosen = chosen[:random.IntN(len(chosen)+1)]
		if random.IntN(2) == 0 {
			chosen = slices.Insert(chosen, random.IntN(len(chosen)+1), olds[random.IntN(len(olds))])
		}
		text := begins[random.IntN(len(begins))] + strings.Join(chosen, "\n")
		if random.IntN(2) == 0 {
			text += "\n"
		}
		if random.IntN(3) == 0 {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		checkKept(t, text)
	}
}

// FuzzWithEndpoint: whatever the text, it is changed in the endpoint alone, or not at all.
func FuzzWithEndpoint(f *testing.F) {
	for _, seed := range []string{
		"datamodel: a\n", "endpoint: x\nb: 2\n", "{endpoint: x, b: 2}\n", "endpoint: >-\n  a\n  b\r\nb: 2", "? endpoint\n: x\n", "a: &a {endpoint: x}\n<<: *a\n",
		"endpoint: \"x\ny\" # c\n", "custom: |\n  endpoint: x\n", "--- {}\n", "\ufeffendpoint: x", "endpoint: x\n---\nendpoint: y\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := parse([]byte(text)); err != nil {
			return
		}
		if _, err := with([]byte(text), "endpoint", newEndpoint); err == nil {
			checkKept(t, text)
		}
	})
}

const newEndpoint = "http://new/x"

// checkKept sets the endpoint of a text. Every line must stay where it was, at most behind a #, but for one new
// line, one empty line before it and the end of a last line.
func checkKept(t *testing.T, before string) {
	t.Helper()
	changed, err := with([]byte(before), "endpoint", newEndpoint)
	if err != nil {
		t.Fatalf("%q: %v", before, err)
	}
	after := string(changed)
	root, err := parse(changed)
	if err != nil || textOf(child(root, "endpoint")) != newEndpoint {
		t.Fatalf("%v\nbefore %q\nafter  %q", err, before, after)
	}
	if strings.Contains(before, "{") && strings.Count(before, "\n") == strings.Count(after, "\n") {
		return // a value in braces is changed where it stands
	}
	var added []string
	old := strings.SplitAfter(strings.TrimPrefix(before, "\ufeff"), "\n")
	if old[len(old)-1] == "" {
		old = old[:len(old)-1]
	}
	for line := range strings.Lines(strings.TrimPrefix(after, "\ufeff")) {
		if len(old) > 0 && isKept(old[0], line, len(old) == 1) {
			old = old[1:]
			continue
		}
		added = append(added, strings.TrimRight(line, "\r\n"))
	}
	switch {
	case len(old) > 0:
		t.Fatalf("line %q is lost\nbefore %q\nafter  %q", old[0], before, after)
	case len(added) > 2 || len(added) == 2 && added[0] != "" || !strings.Contains(added[len(added)-1], newEndpoint):
		t.Fatalf("new lines %q\nbefore %q\nafter  %q", added, before, after)
	case strings.HasPrefix(before, "\ufeff") != strings.HasPrefix(after, "\ufeff"):
		t.Fatalf("the byte order mark moved: %q", after)
	case strings.Contains(before, "\n") && strings.Count(before, "\r\n") == strings.Count(before, "\n") && strings.Count(after, "\n") != strings.Count(after, "\r\n"):
		t.Fatalf("line ends are mixed: %q", after)
	}
}

// isKept says whether a line is the old one, or a comment of it; the last one may get a line end.
func isKept(old, line string, last bool) bool {
	if last && !strings.HasSuffix(old, "\n") {
		line = strings.TrimRight(line, "\r\n")
		old = strings.TrimRight(old, "\r\n")
	}
	return line == old || line == "#"+old
}

func TestSetEndpoint(t *testing.T) {
	t.Parallel()
	dir := write(t, "prisma.yml", "datamodel: a\n")
	path := filepath.Join(dir, "prisma.yml")
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := SetEndpoint(path, "http://x/y"); err != nil {
		t.Fatal(err)
	}
	stat, _ := os.Stat(path)
	text, _ := os.ReadFile(path)
	if stat.Mode().Perm() != 0o640 || string(text) != "datamodel: a\n\nendpoint: http://x/y\n" {
		t.Errorf("got %v %q", stat.Mode(), text)
	}
}

func TestSetEndpointLeavesReadOnlyFile(t *testing.T) {
	t.Parallel()
	dir := write(t, "prisma.yml", "datamodel: a\n")
	path := filepath.Join(dir, "prisma.yml")
	if err := os.Chmod(path, 0o444); err != nil {
		t.Fatal(err)
	}
	err := SetEndpoint(path, "http://x/y")
	text, _ := os.ReadFile(path)
	if !errors.Is(err, fs.ErrPermission) || string(text) != "datamodel: a\n" {
		t.Errorf("got %v %q", err, text)
	}
}
