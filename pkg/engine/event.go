package engine

import (
	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/plan"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// Events is who wants to know what mutations did. Goroutines share it.
type Events interface {
	// Wanted returns which models' events somebody waits for; nil when nobody waits.
	Wanted(project.ID) func(model string) bool
	// Publish takes the events of a mutation that was committed.
	Publish(id project.ID, requestID string, events []plan.Event)
}

// recording returns the database that an operation is to use and what notes
// the events of a mutation, nil when nobody waits for any.
func (s *Service) recording(mutation bool) (*connector.Database, *connector.Recording) {
	if !mutation || s.options.Events == nil {
		return s.database, nil
	}
	wanted := s.options.Events.Wanted(s.project.ID)
	if wanted == nil {
		return s.database, nil
	}
	r := &connector.Recording{Wanted: wanted}
	return s.database.Recording(r), r
}

// publish passes on what a recording has noted, and empties it.
func (s *Service) publish(requestID string, r *connector.Recording) {
	if r == nil || len(r.Events) == 0 {
		return
	}
	s.options.Events.Publish(s.project.ID, requestID, r.Events)
	r.Events = nil
}
