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
		if diff := cmp.Diff(want, config.sandbox("key").Throttling); diff != "" {
			t.Errorf("%q: (-want +got)\n%s", text, diff)
		}
	}
}
