package cloud

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestOwnersReachNothingHere: the address of a private server does not lead to what listens on the
// cloud's machine, unless it may and says so.
func TestOwnersReachNothingHere(t *testing.T) {
	t.Parallel()
	c := memory(t)
	jane := addUser(t, c, "jane@example.org")
	for _, address := range []string{"http://127.0.0.1:4466", "http://localhost:4466", "http://[::1]:4466", "http://0.0.0.0:4466", "http://169.254.169.254", "http://[::ffff:127.0.0.1]:4466", "http://127.1.2.3"} {
		_, err := c.AddOwnServer(t.Context(), jane.ID, "jane", "here", address, false)
		refusal(t, err, "is the machine of the cloud itself")
		if _, err := c.AddOwnServer(t.Context(), jane.ID, "jane", "here", address, true); err != nil {
			t.Errorf("%s on a cloud of one machine: %v", address, err)
		}
	}
	if _, err := c.AddOwnServer(t.Context(), jane.ID, "jane", "there", "http://10.0.0.7:4466", false); err != nil {
		t.Errorf("another machine: %v", err)
	}

	called := 0
	secret := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		called++
		if r.URL.Path == "/redirect" {
			http.Redirect(w, r, "/", http.StatusTemporaryRedirect)
		}
	}))
	t.Cleanup(secret.Close)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(secret.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reach("http://prisma.example.org").Post(secret.URL, "application/json", nil); err == nil || called != 0 {
		t.Errorf("what resolves to this machine was called %d times: %v", called, err)
	}
	if _, err := reach("http://127.0.0.1:"+port).Post(secret.URL, "application/json", nil); err != nil || called != 1 {
		t.Errorf("what is on this machine: called %d times, %v", called, err)
	}
	if answer, err := reach(secret.URL).Post(secret.URL+"/redirect", "application/json", nil); err != nil || answer.StatusCode != http.StatusTemporaryRedirect || called != 2 {
		t.Errorf("a redirection was followed: called %d times, %v", called, err)
	}
}
