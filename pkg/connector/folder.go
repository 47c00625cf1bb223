package connector

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prisma1-go/prisma1/pkg/cuid"
	"github.com/prisma1-go/prisma1/pkg/dialect/sqlite"
	"github.com/prisma1-go/prisma1/pkg/project"
)

const managementFile = "management.db"

const (
	idleTime  = 5 * time.Minute // after which a file that nobody uses is closed
	idleFiles = 50              // how many unused files stay open at most
)

// longestName is how many bytes of a file's name come from the project; file
// systems allow 255, suffixes of SQLite included.
const longestName = 200

// fileName names the file of a project. Capitals are written ^a, because many
// file systems take a and A for the same; what has no place in a service name
// is written by its number. The end of a name that is too long is a checksum.
func fileName(id project.ID) string {
	var b strings.Builder
	for _, c := range []byte(id.Name + "@" + id.Stage) {
		switch {
		case c >= 'A' && c <= 'Z':
			b.WriteByte('^')
			b.WriteByte(c - 'A' + 'a')
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '_', c == '~', c == '@':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02x", c)
		}
	}
	name := b.String()
	if len(name) > longestName {
		sum := sha256.Sum256([]byte(name))
		name = name[:longestName-33] + "+" + hex.EncodeToString(sum[:16])
	}
	return name + ".db"
}

// A folder is where the files of a connector lie: a directory, or memory. It is
// the backend of SQLite.
type folder struct {
	directory string
	memory    string // name that is this process's own, "" on disk
	readers   int    // connections that read from one file
	log       *slog.Logger

	management *file         // with the records of all services
	stop       chan struct{} // closed when the folder closes
	swept      chan struct{} // closed when nobody looks for idle files any more

	mu         sync.Mutex
	files      map[string]bool  // in memory: those that exist
	containers []*fileContainer // of all projects that were asked for
}

func newFolder(config Config, log *slog.Logger) *folder {
	f := &folder{
		directory: config.Directory, readers: config.readers(), log: log,
		stop: make(chan struct{}), swept: make(chan struct{}),
	}
	if f.directory == "" {
		f.directory = "."
	}
	if config.Memory {
		f.memory, f.files = cuid.New(), make(map[string]bool)
	}
	return f
}

// start opens the file of the management tables.
func (f *folder) start() (err error) {
	if f.management, err = f.open(managementFile, true); err == nil {
		go f.sweep()
	}
	return err
}

func (f *folder) records() records {
	return records{place: f.management, tables: sqliteTables, now: sqliteNow}
}

func (f *folder) container(id project.ID) container {
	c := &fileContainer{folder: f, path: fileName(id), project: dollarText(id)}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.containers = append(f.containers, c)
	return c
}

// close waits for what is running and closes all files.
func (f *folder) close() error {
	close(f.stop)
	<-f.swept
	var errs []error
	for _, c := range f.all() {
		errs = append(errs, c.close())
	}
	return errors.Join(append(errs, f.management.close())...)
}

func (f *folder) all() []*fileContainer {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.containers)
}

// sweep closes idle files until the folder closes.
func (f *folder) sweep() {
	defer close(f.swept)
	ticker := time.NewTicker(idleTime / 5)
	defer ticker.Stop()
	for {
		select {
		case <-f.stop:
			return
		case <-ticker.C:
			f.closeIdle(time.Now())
		}
	}
}

// closeIdle closes files that were not used for a while, and the longest
// unused of those that are too many.
func (f *folder) closeIdle(now time.Time) {
	var idle []*fileContainer
	for _, c := range f.all() {
		if !c.lastUse().IsZero() {
			idle = append(idle, c)
		}
	}
	for _, c := range overdue(idle, now) {
		if err := c.closeUnused(); err != nil {
			f.log.Warn("closing an idle file failed", "service", c.project, "cause", err)
		}
	}
}

// exists tells whether a file is there.
func (f *folder) exists(name string) (bool, error) {
	if f.memory != "" {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.files[name], nil
	}
	_, err := os.Stat(filepath.Join(f.directory, name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// open opens a file, or makes it. The first connection is made here, so that a
// file that cannot be used is noticed at once.
func (f *folder) open(name string, create bool) (*file, error) {
	path := filepath.Join(f.directory, name)
	if create {
		if err := f.create(name); err != nil {
			return nil, err
		}
	}
	source := sqlite.Source{Path: path, Create: create}
	if f.memory != "" {
		source = sqlite.Source{Path: f.memory + "/" + name, Memory: true}
	}
	db, err := sql.Open(sqlite.Driver, source.String())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	opened := &file{path: path, db: db, log: f.log, writer: make(chan *connection, 1), readers: make(chan *connection, f.readers)}
	if f.memory != "" {
		opened.gate = new(sync.RWMutex)
		if opened.keeper, err = db.Conn(context.Background()); err != nil {
			return nil, errors.Join(opened.explained(err), db.Close())
		}
	}
	first, err := opened.connect(context.Background())
	if err != nil {
		return nil, errors.Join(opened.explained(err), db.Close())
	}
	opened.writer <- first
	for range f.readers {
		opened.readers <- nil
	}
	if f.memory == "" {
		if opened.found, err = os.Stat(path); err != nil {
			return nil, errors.Join(err, opened.close())
		}
	}
	return opened, nil
}

// create prepares for a file that may be new: its folder, or its place in memory.
func (f *folder) create(name string) error {
	if f.memory != "" {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.files[name] = true
		return nil
	}
	if err := os.MkdirAll(f.directory, 0o700); err != nil {
		return fmt.Errorf("make the folder of the databases: %w", err)
	}
	return nil
}

// remove deletes a file that is closed, and what SQLite keeps beside it.
func (f *folder) remove(name string) error {
	if f.memory != "" {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.files, name)
		return nil
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		err := os.Remove(filepath.Join(f.directory, name+suffix))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// overdue picks those whose files are to be closed.
func overdue(idle []*fileContainer, now time.Time) []*fileContainer {
	slices.SortFunc(idle, func(a, b *fileContainer) int { return b.lastUse().Compare(a.lastUse()) })
	for i, d := range idle {
		if i >= idleFiles || now.Sub(d.lastUse()) > idleTime {
			return idle[i:]
		}
	}
	return nil
}
