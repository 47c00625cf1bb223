package cmd

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
)

// TestRollbackIsAFailure, quirk 24: a server that took a migration back without an error was a
// success to the original, which then waited for that migration forever. Ours has always an error
// to tell, so the answers are those of an original server.
func TestRollbackIsAFailure(t *testing.T) {
	t.Parallel()
	answers := []struct{ asked, answer string }{
		{"serverInfo", `{"serverInfo": {"version": "1.34.12"}}`},
		{"project(", `{"project": {"name": "hello", "stage": "dev"}}`},
		{"migrationStatus", `{"migrationStatus": {"projectId": "hello@dev", "revision": 3, "status": "ROLLBACK_SUCCESS", "applied": 0, "rolledBack": 1, "errors": []}}`},
		{"deploy(", `{"deploy": {"errors": [], "warnings": [], "migration": {"revision": 3, "steps": [{"type": "CreateModel", "name": "User"}]}, "steps": [{"type": "CreateModel", "name": "User"}]}}`},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // what is missing matches nothing
		w.Header().Set("Content-Type", "application/json")
		for _, a := range answers {
			if strings.Contains(string(body), a.asked) {
				fmt.Fprintf(w, `{"data": %s}`, a.answer)
				return
			}
		}
		fmt.Fprint(w, `{"data": null, "errors": [{"message": "no such field"}]}`)
	}))
	defer server.Close()
	s := newStage(t, "prisma1")
	s.write(t, "prisma.yml", "endpoint: "+server.URL+"/hello/dev\ndatamodel: datamodel.prisma\n")
	s.write(t, "datamodel.prisma", "type User {\n  id: ID! @id\n}\n")
	cmd := exec.CommandContext(t.Context(), "prisma1", "deploy")
	cmd.Dir = s.folder
	output, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState.ExitCode() != exitFailed || !strings.Contains(string(output), "The Migration failed and has not been performed.") {
		t.Errorf("%v\n%s", err, output)
	}
}
