package client

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestHops: the message says which part of the way failed, and shows no password.
func TestHops(t *testing.T) {
	t.Parallel()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	hangsUp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if connection, _, err := w.(http.Hijacker).Hijack(); err == nil {
			connection.Close()
		}
	}))
	t.Cleanup(hangsUp.Close)
	moved := httptest.NewServer(http.RedirectHandler("https://prisma.example.org/management", http.StatusMovedPermanently))
	t.Cleanup(moved.Close)
	for _, c := range []struct{ name, server, proxy, want string }{
		{"unknown authority", secure.URL, "", "Its TLS certificate is signed by an authority that this computer does not know."},
		{"no TLS", strings.Replace(plain.URL, "http", "https", 1), "", "It does not speak TLS."},
		{"proxy with a password", "http://prisma.example.org", proxy.URL, "The proxy wants a user and password."},
		{"proxy with a password, TLS", "https://prisma.example.org", proxy.URL, "The proxy wants a user and password."},
		{"proxy that is not there", "http://prisma.example.org", "http://me:s3cret@127.0.0.1:1", "The proxy of HTTP_PROXY or HTTPS_PROXY could not be reached"},
		{"nobody", "http://127.0.0.1:1", "", "Please check if your server is running."},
		{"hangs up", hangsUp.URL, "", "It ended the connection without an answer."},
		{"sends elsewhere", moved.URL, "", "sends who asks to https://prisma.example.org/management. Please use"},
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
			caller := defaultHTTP()
			caller.Transport = transport
			_, err := New(c.server, "", caller).ServerInfo(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestCertificates: what is wrong with a certificate is said by its name.
func TestCertificates(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, c := range []struct {
		name       string
		begin, end time.Time
		host       string
		want       string
	}{
		{"right", now.Add(-time.Hour), now.Add(time.Hour), "127.0.0.1", "answered something that is not JSON"},
		{"expired", now.AddDate(-1, 0, 0), now.AddDate(0, 0, -3), "127.0.0.1", "Its TLS certificate expired on " + now.AddDate(0, 0, -3).UTC().Format(time.DateOnly)},
		{"not yet valid", now.AddDate(0, 0, 3), now.AddDate(1, 0, 0), "127.0.0.1", "Its TLS certificate is not valid before " + now.AddDate(0, 0, 3).UTC().Format(time.DateOnly)},
		{"another host", now.Add(-time.Hour), now.Add(time.Hour), "127.0.0.2", "Its TLS certificate is for another name: x509: certificate is valid for 127.0.0.2, not 127.0.0.1. Please use"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			certificate := certify(t, c.begin, c.end, c.host)
			server := httptest.NewUnstartedServer(http.NotFoundHandler())
			server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.StartTLS()
			t.Cleanup(server.Close)
			trusted := x509.NewCertPool()
			trusted.AddCert(certificate.Leaf)
			transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}
			t.Cleanup(transport.CloseIdleConnections)
			_, err := New(server.URL, "", &http.Client{Transport: transport}).ServerInfo(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// certify makes a certificate that signs itself.
func certify(t *testing.T, begin, end time.Time, host string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: begin, NotAfter: end, IPAddresses: []net.IP{net.ParseIP(host)},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}
