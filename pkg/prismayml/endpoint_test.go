package prismayml

import "testing"

func TestParseEndpoint(t *testing.T) {
	for _, c := range []struct {
		text string
		want Endpoint
		http string
	}{
		{"http://localhost:4466", Endpoint{Base: "http://localhost:4466", Service: "default", Stage: "default", Cluster: "local"}, "http://localhost:4466"},
		{"http://localhost:4466/", Endpoint{Base: "http://localhost:4466", Service: "default", Stage: "default", Cluster: "local"}, "http://localhost:4466"},
		{"http://localhost:4466/svc", Endpoint{Base: "http://localhost:4466", Service: "svc", Stage: "default", Cluster: "local"}, "http://localhost:4466/svc"},
		{"http://localhost:4466/svc/", Endpoint{Base: "http://localhost:4466", Service: "svc", Stage: "default", Cluster: "local"}, "http://localhost:4466/svc"},
		{"http://LOCALHOST:80/svc/stg", Endpoint{Base: "http://localhost", Service: "svc", Stage: "stg", Cluster: "local"}, "http://localhost/svc/stg"},
		{"http://localhost:4466/svc/stg/", Endpoint{Base: "http://localhost:4466", Service: "svc", Stage: "stg", Cluster: "local"}, "http://localhost:4466/svc/stg"},
		{"http://127.0.0.1:4466/ws/svc/stg", Endpoint{Base: "http://127.0.0.1:4466", Service: "svc", Stage: "stg", Workspace: "ws", Cluster: "local", inPath: true}, "http://127.0.0.1:4466/ws/svc/stg"},
		{"http://prisma:4466/a/b", Endpoint{Base: "http://prisma:4466", Service: "a", Stage: "b", Cluster: "default"}, "http://prisma:4466/a/b"},
		{"https://example.org/a/b", Endpoint{Base: "https://example.org", Service: "a", Stage: "b", Cluster: "default", Private: true}, "https://example.org/a/b"},
		{"https://eu1.prisma.sh/ws/a/b", Endpoint{Base: "https://eu1.prisma.sh", Service: "a", Stage: "b", Workspace: "ws", Cluster: "prisma-eu1", Shared: true, inPath: true}, "https://eu1.prisma.sh/ws/a/b"},
		{"https://test1_workspace.prisma.sh/a/b", Endpoint{Base: "https://test1_workspace.prisma.sh", Service: "a", Stage: "b", Workspace: "workspace", Cluster: "test1", Private: true}, "https://test1_workspace.prisma.sh/a/b"},
		{"https://db.cloud.prisma.sh/a/b", Endpoint{Base: "https://db.cloud.prisma.sh", Service: "a", Stage: "b", Cluster: "db.cloud.prisma.sh", Private: true}, "https://db.cloud.prisma.sh/a/b"},
		{"http://127.0.0.1:4466/ws/svc/stg/more", Endpoint{Base: "http://127.0.0.1:4466", Service: "svc", Stage: "stg", Workspace: "ws", Cluster: "local", inPath: true}, "http://127.0.0.1:4466/ws/svc/stg"},
		{"https://us1.prisma.sh:443/ws/a/b", Endpoint{Base: "https://us1.prisma.sh", Service: "a", Stage: "b", Workspace: "ws", Cluster: "prisma-us1", Shared: true, inPath: true}, "https://us1.prisma.sh/ws/a/b"},
		{"https://us1.prisma.sh", Endpoint{Base: "https://us1.prisma.sh", Service: "default", Stage: "default", Cluster: "prisma-us1", Shared: true}, "https://us1.prisma.sh/default/default"},
		{"https://test1_workspace.prisma.sh/ws/a/b", Endpoint{Base: "https://test1_workspace.prisma.sh", Service: "a", Stage: "b", Workspace: "ws", Cluster: "test1", Private: true, inPath: true}, "https://test1_workspace.prisma.sh/ws/a/b"},
		{"http://[::1]:4466/a/b", Endpoint{Base: "http://[::1]:4466", Service: "a", Stage: "b", Cluster: "default", Private: true}, "http://[::1]:4466/a/b"},
		{"http://localhost.example.org/a", Endpoint{Base: "http://localhost.example.org", Service: "a", Stage: "default", Cluster: "local", Private: true}, "http://localhost.example.org/a"},
		{"  http://me:s3cret@localhost:4466/a/b\t", Endpoint{Base: "http://localhost:4466", Service: "a", Stage: "b", Cluster: "local"}, "http://localhost:4466/a/b"},
		{"http://localhost:4466/bad$name/dev", Endpoint{Base: "http://localhost:4466", Service: "bad$name", Stage: "dev", Cluster: "local"}, "http://localhost:4466/bad$name/dev"},
	} {
		got, err := ParseEndpoint(c.text)
		if err != nil || got != c.want || got.HTTP() != c.http {
			t.Errorf("%s\n got %+v %s %v\nwant %+v %s", c.text, got, got.HTTP(), err, c.want, c.http)
		}
	}
}

func TestParseEndpointRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"localhost:4466":         "localhost:4466 is not a valid endpoint. It must start with http:// or https://",
		"foo":                    `endpoint "foo" is not a URL; it looks like http://localhost:4466/service/stage`,
		"http://":                `endpoint "http://" names no host; it looks like http://localhost:4466/service/stage`,
		"http://u:p@x/a/b?c=d":   "the endpoint http://x/a/b must end with the stage; ? and # have no place in it",
		"http://u:p@x/a#b":       "the endpoint http://x/a must end with the stage; ? and # have no place in it",
		"ftp://u:s3cret@a/b":     "ftp://a/b is not a valid endpoint. It must start with http:// or https://",
		"u:s3cret@a/b":           "a/b is not a valid endpoint. It must start with http:// or https://",
		"http://u:s3/c@ret@a:b/": `endpoint "http://a:b/" is not a URL; it looks like http://localhost:4466/service/stage`,
		"http://u:s3cret@/a":     `endpoint "http:///a" names no host; it looks like http://localhost:4466/service/stage`,
		"http://a:99999/b/c":     `endpoint "http://a:99999/b/c" names the port 99999; ports go from 1 to 65535`,
		"ftp://a/b":              "ftp://a/b is not a valid endpoint. It must start with http:// or https://",
	} {
		_, err := ParseEndpoint(text)
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
