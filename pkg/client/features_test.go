package client

import (
	"errors"
	"testing"
)

// TestFeaturesNeedAServerThatKnowsThem: a server of Prisma 1 gets no deploy that it cannot read.
func TestFeaturesNeedAServerThatKnowsThem(t *testing.T) {
	t.Parallel()
	url, _, body := serve(t, 200, "application/json", `{"data":{"__type":{"fields":null,"inputFields":[{"name":"types"}]}}}`)
	_, err := New(url, "", nil).Deploy(t.Context(), DeployInput{Name: "shop", Features: []string{"createMany"}})
	if !errors.Is(err, errNoFeatures) {
		t.Errorf("got %v after sending %s", err, *body)
	}
}
