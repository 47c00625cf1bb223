package server

import "testing"

// Whatever stands in the configuration, it is read or refused.
func FuzzParseConfig(f *testing.F) {
	for _, seed := range []string{
		"databases: {default: {connector: sqlite}}",
		"port: x\ndatabases:\n  default:\n    connector: postgres\n    uri: postgres://a:b@c:1/d?ssl=1\n",
		"databases: &a {default: *a}",
		"? [a, b]\n: {c: d}\ndatabases: [1]",
		"<<: {databases: {x: {connector: mysql}}}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		config, err := ParseConfig([]byte(text), environment())
		if err == nil && config.Database.Connector == "" {
			t.Errorf("no connector and no error in %q", text)
		}
	})
}
