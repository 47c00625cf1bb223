package prismayml

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
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
		got, err := withEndpoint([]byte(c.before), endpoint)
		if want := strings.ReplaceAll(c.want, "NEW", endpoint); err != nil || string(got) != want {
			t.Errorf("%s: %v\n got %q\nwant %q", c.name, err, got, want)
		}
	}
}

// TestWithEndpointKeepsEveryByte puts files together by chance: every line of the old text must
// stand in the new one, in order, at most with a # in front.
func TestWithEndpointKeepsEveryByte(t *testing.T) {
	parts := []string{
		"# comment", "", "datamodel: a.prisma # the model", "secret: 'it''s # not a comment'", "hooks:\n  post-deploy:\n    - echo \"a: b\"",
		"custom:\n  text: |\n    endpoint: not this one\n\n  more: 1", "generate:\n- generator: x\n  output: y", "disableAuth: yes # tab\t", "seed: {import: s.graphql,\n  run: x}",
	}
	olds := []string{"endpoint: http://a/b/c", "endpoint: \"http://a\"   # where", "endpoint:   'http://a'", "endpoint:\n  http://a/\n  # deep\n", "endpoint: >\n  http://a\n"}
	random := rand.New(rand.NewPCG(4, 66))
	for range 500 {
		chosen := append([]string{}, parts...)
		random.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
		chosen = chosen[:random.IntN(len(chosen)+1)]
		if random.IntN(2) == 0 {
			at := random.IntN(len(chosen) + 1)
			chosen = append(chosen[:at], append([]string{olds[random.IntN(len(olds))]}, chosen[at:]...)...)
		}
		text := strings.Join(chosen, "\n")
		if random.IntN(2) == 0 {
			text += "\n"
		}
		if random.IntN(3) == 0 {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		got, err := withEndpoint([]byte(text), "http://new/x")
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		checkKept(t, text, string(got))
	}
}

func checkKept(t *testing.T, before, after string) {
	t.Helper()
	lines := strings.SplitAfter(after, "\n")
	at := 0
	for line := range strings.Lines(before) {
		for at < len(lines) && strings.TrimRight(lines[at], "\r\n") != strings.TrimRight(line, "\r\n") && strings.TrimRight(lines[at], "\r\n") != "#"+strings.TrimRight(line, "\r\n") {
			at++
		}
		if at == len(lines) {
			t.Fatalf("line %q is lost\nbefore %q\nafter  %q", line, before, after)
		}
		at++
	}
	root, err := parse([]byte(after))
	if err != nil || textOf(child(root, "endpoint")) != "http://new/x" {
		t.Fatalf("%v\nbefore %q\nafter  %q", err, before, after)
	}
	if strings.Contains(before, "\r\n") && strings.Count(after, "\n") != strings.Count(after, "\r\n") {
		t.Fatalf("newlines are mixed: %q", after)
	}
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
