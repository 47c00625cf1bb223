package connector

import "time"

// A Pool is how the connections to the database, or the open files, are used.
type Pool struct {
	Most   int           // that may be open; 0 where nothing limits them
	Open   int           // that are open
	Busy   int           // that somebody has
	Waits  int64         // calls that had to wait for one, since the start
	Waited time.Duration // by all of them
}

// Pool tells how the connections are used just now.
func (c *Connector) Pool() Pool { return c.backend.usage() }

// usage counts files, each of which has connections of its own.
func (f *folder) usage() (p Pool) {
	for _, c := range f.all() {
		c.mu.Lock()
		if c.file != nil {
			p.Open++
		}
		if c.users > 0 {
			p.Busy++
		}
		c.mu.Unlock()
	}
	return p
}

func (s *postgresServer) usage() Pool {
	stat := s.pool.Stat()
	return Pool{
		Most: int(stat.MaxConns()), Open: int(stat.TotalConns()), Busy: int(stat.AcquiredConns()),
		Waits: stat.EmptyAcquireCount(), Waited: stat.EmptyAcquireWaitTime(),
	}
}

func (s *mysqlServer) usage() Pool {
	stat := s.pool.Stats()
	return Pool{Most: stat.MaxOpenConnections, Open: stat.OpenConnections, Busy: stat.InUse, Waits: stat.WaitCount, Waited: stat.WaitDuration}
}
