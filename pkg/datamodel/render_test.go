package datamodel_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
)

// checkRoundTrip renders what a text means, and reads it again.
func checkRoundTrip(t *testing.T, name, text string) {
	t.Helper()
	before := mustInfer(t, text, nil)
	rendered := datamodel.Render(before)
	document, syntax := datamodel.Parse(rendered)
	if syntax != nil {
		t.Errorf("%s: %s\n%s", name, syntax.Message, rendered)
		return
	}
	if problems := document.Check(all); len(problems) > 0 {
		t.Errorf("%s: rendered text has problems %v\n%s", name, problems, rendered)
		return
	}
	after, err := datamodel.Infer(document, nil)
	if err != nil {
		t.Errorf("%s: %v\n%s", name, err, rendered)
		return
	}
	if diff := cmp.Diff(dump(before), dump(after)); diff != "" {
		t.Errorf("%s: (-before +after)\n%s%s\n%s", name, diff, text, rendered)
	}
}

func TestRenderShop(t *testing.T) {
	t.Parallel()
	checkRoundTrip(t, "shop", shop(t))
}
