package cmd

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/golden"
)

// A difference is one that we want: a paragraph of testdata/original/differences.txt. Its first lines
// say what it is, in the words of the README; then, any number of times,
//
//	< what the original prints, a regular expression of one or more lines
//	> what stands there instead; none when nothing does
//
// A pattern marked ~ in place of < is taken out of what ours prints, too: there the two cannot be
// compared, and a script in testdata/script says what ours is.
type difference struct {
	what  string
	rules []*rule
}

type rule struct {
	pattern *regexp.Regexp
	instead string
	both    bool

	mu   sync.Mutex
	used bool
}

func readDifferences(t *testing.T) []*difference {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(golden.Root(t), "testdata", "original", "differences.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var list []*difference
	for paragraph := range strings.SplitSeq(string(text), "\n\n") {
		if d := parseDifference(t, paragraph); len(d.rules) > 0 {
			list = append(list, d)
		}
	}
	return list
}

func parseDifference(t *testing.T, paragraph string) *difference {
	t.Helper()
	d := &difference{}
	var pattern, instead []string
	var mark string
	finish := func() {
		if pattern == nil {
			return
		}
		p, err := regexp.Compile(`(?m)` + strings.Join(pattern, "\n"))
		if err != nil {
			t.Fatalf("%s: %v", d.what, err)
		}
		d.rules = append(d.rules, &rule{pattern: p, instead: strings.Join(instead, "\n"), both: mark == "~"})
		pattern, instead = nil, nil
	}
	for line := range strings.SplitSeq(strings.TrimRight(paragraph, "\n"), "\n") {
		head, rest, _ := strings.Cut(line, " ")
		switch head {
		case "<", "~":
			if instead != nil || mark != "" && head != mark {
				finish()
			}
			mark, pattern = head, append(pattern, rest)
		case ">":
			instead = append(instead, rest)
		default:
			d.what = strings.TrimSpace(d.what + " " + line)
		}
	}
	finish()
	return d
}

// apply turns what the original printed into what ours is to print.
func (r *rule) apply(original, own string) (string, string) {
	if r.pattern.MatchString(original) || r.both && r.pattern.MatchString(own) {
		r.mu.Lock()
		r.used = true
		r.mu.Unlock()
	}
	if r.both {
		own = r.pattern.ReplaceAllString(own, r.instead)
	}
	return r.pattern.ReplaceAllString(original, r.instead), own
}

// applyAll applies all differences in the order in which they stand.
func applyAll(list []*difference, original, own string) (string, string) {
	for _, d := range list {
		for _, r := range d.rules {
			original, own = r.apply(original, own)
		}
	}
	return normal(original), normal(own)
}

// checkUsed complains about differences that are none any more.
func checkUsed(t *testing.T, list []*difference) {
	t.Helper()
	for _, d := range list {
		for _, r := range d.rules {
			if !r.used {
				t.Errorf("testdata/original/differences.txt: %s\nno session shows this difference: %s", d.what, r.pattern)
			}
		}
	}
}

// TestDifferencesInREADME holds the table and the README together.
func TestDifferencesInREADME(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(golden.Root(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range readDifferences(t) {
		if !strings.Contains(string(text), d.what) {
			t.Errorf("README.md does not say: %s", d.what)
		}
	}
}
