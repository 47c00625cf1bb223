package cmd

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/prisma1-go/prisma1/pkg/prismayml"
)

// debounce is how long the files must be quiet before a deploy: editors save in several steps.
const debounce = 100 * time.Millisecond

// watch notices changes of the files of a service. It watches their folders, because editors
// replace files instead of writing to them.
type watch struct {
	*fsnotify.Watcher
	definition string
	files      map[string]bool
	dirs       map[string]bool
}

func newWatch(definition string) (*watch, error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch the files of the service: %w", err)
	}
	w := &watch{Watcher: watcher, definition: definition, dirs: map[string]bool{}}
	return w, w.follow(nil)
}

// follow watches the files a definition names; those of the last one that could be read stay.
func (w *watch) follow(file *prismayml.File) error {
	dir := filepath.Dir(w.definition)
	if file != nil || w.files == nil {
		w.files = map[string]bool{w.definition: true, filepath.Join(dir, ".env"): true}
	}
	if file != nil {
		for _, path := range file.Datamodel {
			w.files[path] = true
		}
	}
	for path := range w.files {
		folder := filepath.Dir(path)
		if w.dirs[folder] {
			continue
		}
		if err := w.Add(folder); err != nil && folder == dir {
			return fmt.Errorf("watch %s: %w", folder, err)
		} else if err == nil {
			w.dirs[folder] = true
		}
	}
	return nil
}

// run deploys, and deploys again after every save until ctx ends. It returns nil then, and an
// error when the server ends by itself.
func (s *devSession) run(ctx context.Context, served <-chan error) error {
	w, err := newWatch(s.definition)
	if err != nil {
		return err
	}
	defer w.Close()
	s.deployAndFollow(ctx, w)
	quiet := time.NewTimer(0)
	quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return <-served
		case err := <-served:
			return cmpErr(err, errors.New("the server stopped"))
		case event := <-w.Events:
			if w.files[event.Name] && !event.Has(fsnotify.Chmod) {
				quiet.Reset(debounce)
			}
		case err := <-w.Errors:
			s.t.Warning("watch: " + err.Error())
			quiet.Reset(debounce) // events may be lost
		case <-quiet.C:
			s.deployAndFollow(ctx, w)
		}
	}
}

func cmpErr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// deployAndFollow deploys once and prints what is wrong; errors never end the session.
func (s *devSession) deployAndFollow(ctx context.Context, w *watch) {
	file, err := s.deploy(ctx)
	if err := w.follow(file); err != nil {
		s.t.Warning(err.Error())
	}
	if err == nil || ctx.Err() != nil || errors.Is(err, errShown) {
		return
	}
	s.t.Notef("\n")
	s.t.Error(describe(err))
}
