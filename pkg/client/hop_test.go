package client

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestHops: the message says which part of the way failed, and shows no password.
func TestHops(t *testing.T) {
	t.Parallel()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	for _, c := range []struct{ name, server, proxy, want string }{
		{"untrusted certificate", secure.URL, "", "Its TLS certificate is not trusted: x509"},
		{"no TLS", strings.Replace(plain.URL, "http", "https", 1), "", "It does not speak TLS."},
		{"proxy with a password", "http://prisma.example.org", proxy.URL, "The proxy wants a user and password."},
		{"proxy with a password, TLS", "https://prisma.example.org", proxy.URL, "The proxy wants a user and password."},
		{"proxy that is not there", "http://prisma.example.org", "http://me:s3cret@127.0.0.1:1", "The proxy of HTTP_PROXY or HTTPS_PROXY could not be reached"},
		{"nobody", "http://127.0.0.1:1", "", "Please check if your server is running."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			transport := &http.Transport{}
			if c.proxy != "" {
				address, err := url.Parse(c.proxy)
				if err != nil {
					t.Fatal(err)
				}
				transport.Proxy = http.ProxyURL(address)
			}
			_, err := New(c.server, "", &http.Client{Transport: transport}).ServerInfo(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
