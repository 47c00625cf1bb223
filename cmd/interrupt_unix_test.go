//go:build !windows

package cmd

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// asked is a prompt and the keys that answer it.
type asked struct{ prompt, keys string }

// TestInterruptedAtEveryPrompt: Ctrl-C ends the program with 130; the terminal and all files are
// as they were, and no server was started.
func TestInterruptedAtEveryPrompt(t *testing.T) {
	t.Parallel()
	url := memoryServer(t, "s3cret")
	nobody := freeAddress(t)
	taken := wizardFolders(t)
	first := onTerminal(t, taken, []string{"PRISMA_MANAGEMENT_API_SECRET=s3cret"}, "deploy", "--endpoint", url+"/taken/dev")
	first.reads("endpoint is live")
	first.ends(0)
	const list, service, stage, client = firstQuestion, "Choose a name for your service", "Choose a name for your stage", "Select the programming language"
	for command, prompts := range map[string][]asked{
		"deploy": {
			{list, up + enter}, {"Enter the endpoint", nobody + enter}, {"Use it all the same?", enter}, {"Enter the endpoint", url + enter},
			{"Enter the management API secret", "wrong" + enter}, {"Enter the management API secret", "s3cret" + enter},
			{service, "taken" + enter}, {stage, enter}, {"Deploy to that one?", "y" + enter}, {"Keep the secret in .env", ""},
		},
		"deploy --new":                           {{list, ""}},
		"deploy --endpoint " + nobody + "/a/b":   {{"Start the local server there?", ""}},
		"init new":                               {{list, enter}, {service, enter}, {stage, enter}, {client, ""}},
		"init new --stage dev":                   {{list, down + enter}, {client, ""}},
		"init new --server new-database":         {{"What kind of database", enter}, {client, ""}},
		"delete --project there.yml":             {{"Are you sure", ""}},
		"reset --project there.yml":              {{"Are you sure", ""}},
		"dev new":                                {{"Make a hello-world service there?", ""}},
		"introspect --interactive -p noname.yml": {{"What kind of database", up + enter}, {"Enter path of the file", ""}},
		"init new --server existing-database": {
			{"What kind of database", down + enter}, {"existing data?", enter}, {"Enter database host", enter}, {"Enter database port", "1" + enter},
			{"Enter database user", "me" + enter}, {"Enter database password", "s3cret" + enter}, {"Enter database name", "shop" + enter},
			{"Use SSL?", enter}, {"Use it all the same?", "y" + enter}, {client, ""},
		},
	} {
		for i := range prompts {
			t.Run(fmt.Sprintf("%s %d", strings.ReplaceAll(command, nobody, ""), i), func(t *testing.T) {
				t.Parallel()
				dir := wizardFolders(t)
				there := fmt.Sprintf("endpoint: %s/taken/dev\ndatamodel: datamodel.prisma\n", url)
				if err := os.WriteFile(filepath.Join(dir, "there.yml"), []byte(there), 0o644); err != nil {
					t.Fatal(err)
				}
				before := tree(t, dir)
				s := onTerminal(t, dir, nil, strings.Fields(command)...)
				for _, a := range prompts[:i] {
					s.reads(a.prompt)
					s.types(a.keys)
				}
				s.reads(prompts[i].prompt)
				s.types(ctrlC)
				s.ends(130)
				if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// TestInterruptedWhileWaiting: Ctrl-C ends the wait for a server that never answers with 130, and asks nothing.
func TestInterruptedWhileWaiting(t *testing.T) {
	t.Parallel()
	for _, command := range []string{
		"deploy", "info", "delete -f", "reset -f", "list", "doctor", "migrations list", "introspect", "introspect --sdl", "version", "admin", "login --cloud",
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			asked := make(chan bool, 10)
			silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body) // sees when the client hangs up
				asked <- true
				<-r.Context().Done()
			}))
			t.Cleanup(silent.Close)
			dir := wizardFolders(t)
			definition := fmt.Sprintf("endpoint: %s/a/b\ndatamodel: datamodel.prisma\n", silent.URL)
			if err := os.WriteFile(filepath.Join(dir, "prisma.yml"), []byte(definition), 0o644); err != nil {
				t.Fatal(err)
			}
			if command == "login --cloud" {
				command += " " + silent.URL
			}
			s := onTerminal(t, dir, nil, strings.Fields(command)...)
			<-asked
			if err := s.command.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			s.ends(130)
			if seen := s.seen.String(); strings.Contains(seen, "? ") || strings.Contains(seen, "canceled") {
				t.Errorf("got %q", seen)
			}
		})
	}
}

// wizardFolders is wizardFolder and a definition without anything.
func wizardFolders(t *testing.T) (dir string) {
	t.Helper()
	dir, _ = wizardFolder(t)
	if err := os.WriteFile(filepath.Join(dir, "noname.yml"), []byte("databaseType: relational\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// tree is every file in a folder with its text.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			files[path] = "a folder"
			return err
		}
		text, err := os.ReadFile(path)
		files[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
