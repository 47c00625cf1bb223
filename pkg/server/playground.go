package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed" // the Playground's files
	"encoding/hex"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// The Playground is graphql-playground-react 1.7.28 (MIT, LICENSE beside it),
// which Prisma 1 showed too. Everything comes from this server, so it works
// without a network; script and style are kept compressed.
var (
	//go:embed playground/page.html
	playgroundPage []byte
	//go:embed playground/start.js
	playgroundStart []byte
	//go:embed playground/page.css
	playgroundStyle []byte
	//go:embed playground/middleware.js.gz
	playgroundScript []byte
	//go:embed playground/index.css.gz
	playgroundIndex []byte
)

// playgroundFolder is where the files lie. No service can be called so: names begin with a letter.
const playgroundFolder = "/_playground/"

// An asset is a file of the Playground.
type asset struct {
	contentType string
	body        []byte
	gzipped     bool
}

var playgroundAssets = map[string]asset{
	"start.js":      {"text/javascript; charset=UTF-8", playgroundStart, false},
	"page.css":      {"text/css; charset=UTF-8", playgroundStyle, false},
	"middleware.js": {"text/javascript; charset=UTF-8", playgroundScript, true},
	"index.css":     {"text/css; charset=UTF-8", playgroundIndex, true},
}

// servePage sends the Playground. Nothing of the request becomes part of the
// page: start.js reads the endpoint from the browser's address.
func servePage(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=UTF-8")
	header.Set("Content-Security-Policy", contentPolicy(r.Host))
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-cache")
	write(w, r, http.StatusOK, playgroundPage)
}

var plainHost = regexp.MustCompile(`^[A-Za-z0-9.\-:\[\]]+$`)

// contentPolicy lets the page load and call this server only. Styles must be
// allowed inline: the Playground's components write theirs into the page.
func contentPolicy(host string) string {
	sockets := ""
	if plainHost.MatchString(host) { // not every browser counts ws: as 'self'
		sockets = " ws://" + host + " wss://" + host
	}
	return "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
		"connect-src 'self'" + sockets + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// serveAsset sends a file of the Playground; false when there is none of that name.
func serveAsset(w http.ResponseWriter, r *http.Request) bool {
	name, ok := strings.CutPrefix(r.URL.Path, playgroundFolder)
	file, found := playgroundAssets[name]
	if !ok || !found {
		return false
	}
	header := w.Header()
	header.Set("Content-Type", file.contentType)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-cache")
	header.Set("ETag", file.etag())
	if r.Header.Get("If-None-Match") == file.etag() {
		w.WriteHeader(http.StatusNotModified)
		return true
	}
	body := file.body
	if file.gzipped {
		header.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r) {
			header.Set("Content-Encoding", "gzip")
		} else {
			body = decompress(body)
		}
	}
	write(w, r, http.StatusOK, body)
	return true
}

func (a asset) etag() string {
	sum := sha256.Sum256(a.body)
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}

// decompress is for clients without gzip. The files are part of the program, so they always decompress.
func decompress(body []byte) []byte {
	reader, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	plain, err := io.ReadAll(reader)
	if err != nil {
		panic(err)
	}
	return plain
}
