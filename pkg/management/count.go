package management

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/prisma1-go/prisma1/pkg/fault"
)

// An Outcome is how a deploy ended.
type Outcome int

// The outcomes of deploys.
const (
	Migrated  Outcome = iota // something was changed
	Unchanged                // nothing was to be changed
	Foreseen                 // a dry run
	Refused                  // the datamodel has problems, or would lose data, or another deploy runs
	Failed                   // the fault is the server's or the database's
	outcomes
)

func (o Outcome) String() string {
	return [...]string{"migrated", "unchanged", "foreseen", "refused", "failed"}[o]
}

// Deploys is what became of the deploys since the process was started.
type Deploys struct {
	Running int64
	Took    time.Duration // all together
	Ended   map[Outcome]int64
}

// deploys counts. Goroutines share it.
type deploys struct {
	running, took atomic.Int64
	ended         [outcomes]atomic.Int64
}

// begin counts a deploy that runs until the returned function is called.
func (d *deploys) begin() (end func()) {
	start := time.Now()
	d.running.Add(1)
	return func() {
		d.running.Add(-1)
		d.took.Add(int64(time.Since(start)))
	}
}

func (d *deploys) note(o Outcome) { d.ended[o].Add(1) }

// Deploys counts the deploys of this server.
func (m *Management) Deploys() Deploys {
	ended := make(map[Outcome]int64)
	for o := range outcomes {
		ended[o] = m.deploys.ended[o].Load()
	}
	return Deploys{Running: m.deploys.running.Load(), Took: time.Duration(m.deploys.took.Load()), Ended: ended}
}

// outcome tells how a deploy ended.
func outcome(in DeployInput, p *DeployPayload, err error) Outcome {
	known, isFault := errors.AsType[*fault.Error](err)
	switch {
	case isFault && known.Cause == nil:
		return Refused
	case err != nil || p.failed:
		return Failed
	case len(p.Errors) > 0:
		return Refused
	case in.DryRun:
		return Foreseen
	case p.Migration != nil:
		return Migrated
	case len(p.Warnings) > 0:
		return Refused
	}
	return Unchanged
}
