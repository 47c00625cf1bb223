package cmd

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/server"
)

func TestSandboxHasLimits(t *testing.T) {
	t.Parallel()
	own := server.DemoThrottling()
	own.Calls = 50
	for text, want := range map[string]*server.Throttling{
		"":                        server.DemoThrottling(),
		"throttling: {calls: 50}": own,
		"throttling: false":       {},
	} {
		var config cloudConfig
		if err := config.parse([]byte(text), func(string) string { return "" }); err != nil {
			t.Fatal(err)
		}
		if bytes := config.sandbox("key").StorageBytes; bytes != 100_000_000 {
			t.Errorf("%q: a service may store %d bytes", text, bytes)
		}
		if services := config.sandbox("key").WorkspaceServices; services != 100 {
			t.Errorf("%q: a workspace may have %d services", text, services)
		}
		if diff := cmp.Diff(want, config.sandbox("key").Throttling); diff != "" {
			t.Errorf("%q: (-want +got)\n%s", text, diff)
		}
	}
}

func TestSandboxLimitsAreSettings(t *testing.T) {
	t.Parallel()
	var config cloudConfig
	if err := config.parse([]byte("limits: {storageMegabytes: 7, workspaceServices: 8}"), func(string) string { return "" }); err != nil {
		t.Fatal(err)
	}
	if got := config.sandbox("key"); got.StorageBytes != 7_000_000 || got.WorkspaceServices != 8 {
		t.Errorf("%d bytes, %d services", got.StorageBytes, got.WorkspaceServices)
	}
}

// TestCloudConfigTellsMistakes: what is wrong in cloud.yml is an error with its line, what nobody heeds a warning.
func TestCloudConfigTellsMistakes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"sandbox: maybe":                          "line 1: sandbox: false for none, or a section with port, host and url is expected here",
		"url: cloud.example.org":                  `url: "cloud.example.org" is not the address of a cloud. It looks like https://cloud.example.org`,
		"url: https://cloud.example.org/prisma":   `url: "https://cloud.example.org/prisma" is not the address of a cloud. It looks like https://cloud.example.org`,
		"url: https://me:secret@cloud.example":    "url: the address of a cloud holds no user and password",
		"url: https://cloud.example.org:8443/":    "",
		"sandbox: false\nmetrics: {host: a}":      "metrics.port: a port is expected here, 0 picks one",
		"sandbox: {port: 1, url: http://a, b: 1}": "",
	} {
		var config cloudConfig
		got := ""
		if err := config.parse([]byte(text), func(string) string { return "" }); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	var config cloudConfig
	text := "urll: x\nsandbox: {prt: 1}\nopenid: {issuer: https://a, clientId: b, domains: [c], domain: d}\nmanagementApiSecret: abc\n"
	if err := config.parse([]byte(text), func(string) string { return "" }); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"line 1: the key urll is not used",
		"line 4: the key managementApiSecret is not used: the sandbox takes tokens of its cloud alone",
		"line 2: the key sandbox.prt is not used",
		"line 3: the key openid.domain is not used",
	}
	if diff := cmp.Diff(want, config.Warnings); diff != "" {
		t.Errorf("warnings (-want +got)\n%s", diff)
	}
}
