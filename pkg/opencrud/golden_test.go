package opencrud_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/golden"
	"github.com/prisma1-go/prisma1/pkg/opencrud"
)

var description = regexp.MustCompile(`(?s) *""".*?"""\n`)

// TestGolden makes the API of each datamodel in testdata/opencrud. A section
// raw stands for a server with raw access, a section features names those of
// the service; descriptions are printed only where
// the case has a section described.
func TestGolden(t *testing.T) {
	t.Parallel()
	golden.Each(t, "testdata/opencrud", func(t *testing.T, c *golden.Case) {
		a := api(t, c.Get("datamodel.prisma"), opencrud.Capabilities{RawAccess: c.Has("raw")}, strings.Fields(c.Get("features"))...)
		sdl := a.Schema.SDL()
		if !c.Has("described") {
			sdl = description.ReplaceAllString(sdl, "")
		}
		c.Want(t, "schema.graphql", sdl)
	})
}
