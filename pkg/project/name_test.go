package project

import (
	"strings"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/fault"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, stage string
		want        fault.Code
	}{
		{"shop", "dev", 0},
		{"workspace~shop", "dev", 0},
		{"a-b_9", "a-b_9", 0},
		{strings.Repeat("a", 140), strings.Repeat("b", 30), 0},
		{"cluster", "dev", fault.ReservedServiceName},
		{"management", "management", fault.ReservedServiceName},
		{"shop", "import", fault.ReservedStageName},
		{"1shop", "export", fault.ReservedStageName},
		{"", "dev", fault.InvalidServiceName},
		{"1shop", "dev", fault.InvalidServiceName},
		{"shop/..", "dev", fault.InvalidServiceName},
		{"shöp", "dev", fault.InvalidServiceName},
		{"shop\n", "dev", fault.InvalidServiceName},
		{strings.Repeat("a", 141), "dev", fault.InvalidServiceName},
		{"shop", "", fault.InvalidStageName},
		{"shop", "a~b", fault.InvalidStageName},
		{"shop", strings.Repeat("b", 31), fault.InvalidStageName},
	}
	for _, test := range tests {
		if got := fault.CodeOf((ID{test.name, test.stage}).Check()); got != test.want {
			t.Errorf("ID{%q, %q}.Check(): code %d, want %d", test.name, test.stage, got, test.want)
		}
	}
}

func TestFromPath(t *testing.T) {
	t.Parallel()
	tests := []struct {
		path string
		want ID
		back string
	}{
		{"/", ID{"default", "default"}, "/"},
		{"", ID{"default", "default"}, "/"},
		{"/shop", ID{"shop", "default"}, "/shop"},
		{"/shop/", ID{"shop", "default"}, "/shop"},
		{"//shop//dev", ID{"shop", "dev"}, "/shop/dev"},
		{"/default/dev", ID{"default", "dev"}, "/default/dev"},
		{"/space/shop/dev", ID{"space~shop", "dev"}, "/space/shop/dev"},
		{"/space/shop/default", ID{"space~shop", "default"}, "/space/shop/default"},
	}
	for _, test := range tests {
		got, ok := FromPath(test.path)
		if got != test.want || !ok {
			t.Errorf("FromPath(%q) = %v, %v, want %v", test.path, got, ok, test.want)
		}
		if back := got.Path(); back != test.back {
			t.Errorf("%v.Path() = %q, want %q", got, back, test.back)
		}
	}
	if id, ok := FromPath("/a/b/c/d"); ok {
		t.Errorf("FromPath of four segments = %v, want none", id)
	}
}
