package cloud

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"
)

// reach is the HTTP client by which the cloud calls a server at an address.
//
// Owners say where their private servers are. What listens on the cloud's own
// machine, such as a server without a secret, is not for them: an address that
// does not say so itself leads there neither by its name nor by a redirection.
func reach(address string) *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true
	if u, err := url.Parse(address); err == nil && !here(u.Hostname()) && !byProxy(u) {
		dialer.Control = func(_, to string, _ syscall.RawConn) error {
			host, _, err := net.SplitHostPort(to)
			if err == nil && here(host) {
				err = fmt.Errorf("%s is an address of this machine", host)
			}
			return err
		}
	}
	transport.DialContext = dialer.DialContext
	return &http.Client{
		Transport:     transport,
		Timeout:       sharedTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// byProxy tells whether an address is called through a proxy, which then decides.
func byProxy(u *url.URL) bool {
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u})
	return err == nil && proxy != nil
}

// here tells whether a host is this machine, or one that only this machine reaches.
func here(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && (ip.IsLoopback() || ip.IsUnspecified() || ip.IsLinkLocalUnicast())
}
