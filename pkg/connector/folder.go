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

// A folder is where the files of a connector lie: a directory, or memory.
type folder struct {
	directory string
	memory    string // name that is this process's own, "" on disk
	readers   int    // connections that read from one file
	log       *slog.Logger

	mu    sync.Mutex
	files map[string]bool // in memory: those that exist
}

func newFolder(config Config, log *slog.Logger) *folder {
	f := &folder{directory: config.Directory, readers: config.readers(), log: log}
	if f.directory == "" {
		f.directory = "."
	}
	if config.Memory {
		f.memory, f.files = cuid.New(), make(map[string]bool)
	}
	return f
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

// overdue picks the databases whose files are to be closed.
func overdue(idle []*Database, now time.Time) []*Database {
	slices.SortFunc(idle, func(a, b *Database) int { return b.lastUse().Compare(a.lastUse()) })
	for i, d := range idle {
		if i >= idleFiles || now.Sub(d.lastUse()) > idleTime {
			return idle[i:]
		}
	}
	return nil
}
