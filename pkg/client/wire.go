package client

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"
)

// maxAnswer is how much of an answer is read, in bytes.
const maxAnswer = 256 << 20

// wire sends requests and makes Prisma's answers fit the GraphQL library: code
// and requestId of an error move into its extensions, and errors that come with
// another status than 200 are answers too.
type wire struct {
	http   *http.Client
	server string // for messages
	url    string
}

// Do sends one request. Returns *Unreachable without an answer and *NotGraphQL for an answer that is none.
func (w wire) Do(request *http.Request) (*http.Response, error) {
	response, err := w.http.Do(request)
	if err != nil {
		return nil, &Unreachable{Server: w.server, Cause: err}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, &Unreachable{Server: w.server, Cause: err}
	}
	body, ok := moveCodes(body, response.StatusCode)
	if !ok {
		return nil, &NotGraphQL{
			URL: w.url, Status: response.StatusCode, Location: locationOf(response),
			Type: response.Header.Get("Content-Type"), Text: excerpt(body),
		}
	}
	response.StatusCode = http.StatusOK
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// locationOf is where a redirection leads, "" for other answers.
func locationOf(response *http.Response) string {
	to, err := response.Location()
	if err != nil || response.StatusCode/100 != 3 {
		return ""
	}
	return to.Redacted()
}

// moveCodes moves code and requestId of each error into its extensions, and says
// there when the server is not ready. ok is false when body is not a GraphQL answer.
func moveCodes(body []byte, status int) (answer []byte, ok bool) {
	var envelope struct {
		Data   json.RawMessage              `json:"data,omitempty"`
		Errors []map[string]json.RawMessage `json:"errors,omitempty"`
	}
	if json.Unmarshal(body, &envelope) != nil || (envelope.Data == nil && envelope.Errors == nil) {
		return body, false
	}
	if len(envelope.Errors) == 0 {
		return body, true
	}
	for _, e := range envelope.Errors {
		extensions := make(map[string]json.RawMessage)
		if unready(status) {
			extensions["unready"] = json.RawMessage("true")
		}
		for _, key := range []string{"code", "requestId"} {
			if value, given := e[key]; given {
				extensions[key] = value
			}
		}
		e["extensions"], _ = json.Marshal(extensions)
	}
	answer, err := json.Marshal(envelope)
	return answer, err == nil
}

// excerpt is the first line or so of an answer, for a message.
func excerpt(body []byte) string {
	const length = 120
	text := strings.Join(strings.Fields(string(body[:min(len(body), 4*length)])), " ")
	if runes := []rune(text); len(runes) > length {
		return string(runes[:length]) + "…"
	}
	return text
}

// Unreachable is the error of a server that gave no answer.
type Unreachable struct {
	Server string // URL
	Cause  error
}

func (e *Unreachable) Error() string {
	if timeout, ok := errors.AsType[net.Error](e.Cause); ok && timeout.Timeout() {
		return fmt.Sprintf("The server at %s did not answer in time. Please check if it is running and not overloaded.", e.Server)
	}
	return fmt.Sprintf("Could not connect to server at %s. %s", e.Server, e.hop())
}

// hop says which part of the way failed and what to look at.
func (e *Unreachable) hop() string {
	if name, ok := errors.AsType[*net.DNSError](e.Cause); ok {
		return fmt.Sprintf("The name %s has no address. Please check its spelling and your network.", name.Name)
	}
	if op, ok := errors.AsType[*net.OpError](e.Cause); ok && op.Op == "proxyconnect" {
		return fmt.Sprintf("The proxy of HTTP_PROXY or HTTPS_PROXY could not be reached: %v.", op.Err)
	}
	if strings.Contains(fmt.Sprint(e.Cause), "Proxy Authentication Required") {
		return proxyWantsPassword(e.Server)
	}
	if certificate, ok := errors.AsType[*tls.CertificateVerificationError](e.Cause); ok {
		return distrust(certificate)
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](e.Cause); ok || strings.Contains(fmt.Sprint(e.Cause), "server gave HTTP response to HTTPS client") {
		return "It does not speak TLS. Please check whether the address begins with http:// and not https://."
	}
	if hungUp(e.Cause) {
		return "It ended the connection without an answer. Please check if your server still runs, and whether its address begins with https:// and not http://."
	}
	return "Please check if your server is running."
}

// hungUp tells whether somebody was there and ended the connection.
func hungUp(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// distrust says what is wrong with a certificate and who can mend it.
func distrust(e *tls.CertificateVerificationError) string {
	if host, ok := errors.AsType[x509.HostnameError](e.Err); ok {
		return fmt.Sprintf("Its TLS certificate is for another name: %v. Please use a name that the certificate has.", host)
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](e.Err); ok {
		return "Its TLS certificate is signed by an authority that this computer does not know. Please add that authority's certificate to those of this computer; on Linux also with SSL_CERT_FILE=FILE."
	}
	invalid, ok := errors.AsType[x509.CertificateInvalidError](e.Err)
	if !ok || invalid.Reason != x509.Expired {
		return fmt.Sprintf("Its TLS certificate is not trusted: %v.", e.Err)
	}
	if begin := invalid.Cert.NotBefore; time.Now().Before(begin) {
		return fmt.Sprintf("Its TLS certificate is not valid before %s. Please look at the clock of this computer.", begin.Format(time.DateOnly))
	}
	return fmt.Sprintf("Its TLS certificate expired on %s. Please renew it on the server, or look at the clock of this computer.", invalid.Cert.NotAfter.Format(time.DateOnly))
}

// proxyWantsPassword says how to give it for the way to an address.
func proxyWantsPassword(address string) string {
	variable := "HTTPS_PROXY"
	if strings.HasPrefix(address, "http:") {
		variable = "HTTP_PROXY"
	}
	return "The proxy wants a user and password. Write them into the variable: " + variable + "=http://USER:PASSWORD@HOST:PORT"
}

func (e *Unreachable) Unwrap() error { return e.Cause }

// NotGraphQL is the error of an answer that is not one of a Prisma server.
type NotGraphQL struct {
	URL      string
	Status   int    // of HTTP
	Location string // where a redirection leads
	Type     string // content type
	Text     string // how the answer begins, in one line
}

func (e *NotGraphQL) Error() string {
	if e.Status == http.StatusProxyAuthRequired {
		return fmt.Sprintf("%s was not reached. %s", e.URL, proxyWantsPassword(e.URL))
	}
	if e.Location != "" {
		return fmt.Sprintf("%s sends who asks to %s. Please use the address of the Prisma server there: often the same one with https://.", e.URL, e.Location)
	}
	what := "something that is not JSON"
	if strings.Contains(e.Type, "html") || strings.HasPrefix(e.Text, "<") {
		what = "HTML"
	}
	message := fmt.Sprintf("%s answered %s (HTTP status %d) instead of a GraphQL result. Please check if this is the address of a Prisma server.", e.URL, what, e.Status)
	if e.Text == "" {
		return message
	}
	return message + "\nThe answer begins: " + e.Text
}
