package engine

import (
	"strconv"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/project"
)

// TestCountsAreBounded: services that are too many are counted together, and a deleted one makes room.
func TestCountsAreBounded(t *testing.T) {
	t.Parallel()
	e := New(nil, Options{})
	for i := range mostCounted + 5 {
		e.counted(project.ID{Name: "s" + strconv.Itoa(i), Stage: "dev"}).Note(1, 0)
	}
	counted := 0
	for range e.AllCalls() {
		counted++
	}
	if counted != mostCounted+1 || e.others.Answered.Load() != 5 {
		t.Errorf("%d are counted, %d together", counted, e.others.Answered.Load())
	}
	e.Forget(project.ID{Name: "s0", Stage: "dev"})
	if e.counted(project.ID{Name: "new", Stage: "dev"}) == &e.others {
		t.Error("there is no room after a service was deleted")
	}
}
