package terminal

import (
	"fmt"
	"time"
)

// Progress is a line about something that takes a while.
//
//	Creating stage dev for service shop... ✔
//
// The form is that of the original without a terminal: people have it in the logs of their CI.
type Progress struct {
	t       *Terminal
	action  string
	started time.Time
	status  string // "" until one is shown
	ended   bool
}

// Start begins a progress line after an empty one.
func (t *Terminal) Start(action string) *Progress {
	t.Printf("\n%s...", action)
	return &Progress{t: t, action: action, started: time.Now()}
}

// Show changes what stands behind the action.
func (p *Progress) Show(status string) {
	if p.status == "" {
		p.t.Printf(" %s", status)
	} else {
		p.t.Printf("\n%s... %s", p.action, status)
	}
	p.status = status
}

// Done ends the line with a tick.
func (p *Progress) Done() { p.end(p.t.Green("✔")) }

// Fail ends the line with a cross.
func (p *Progress) Fail() { p.end(p.t.Red("✖")) }

// Abort ends the line of something an error stopped; the error is printed later.
func (p *Progress) Abort() { p.end(p.t.Red("!")) }

// Timed ends the line with the time it took.
func (p *Progress) Timed() { p.end(p.t.Cyan(Duration(time.Since(p.started)))) }

// Log writes lines below the action; its end repeats it.
func (p *Progress) Log(text string) {
	p.t.Printf("\n%s", text)
	p.status = " "
}

// Note writes a line to Err between action and end; its end repeats the action.
func (p *Progress) Note(text string) {
	p.t.Printf("\n")
	p.t.Notef("%s\n", text)
	p.status = " "
}

func (p *Progress) end(status string) {
	if p.ended {
		return
	}
	p.ended = true
	p.Show(status)
	p.t.Printf("\n")
}

// Slowly runs a call, and says on Err what is waited for when it takes more than a second.
func (t *Terminal) Slowly(text string, call func() error) error {
	done := make(chan error, 1)
	go func() { done <- call() }()
	select {
	case err := <-done:
		return err
	case <-time.After(time.Second):
		t.Notef("%s ...\n", text)
		return <-done
	}
}

// Duration prints "24ms" or "1.2s".
func Duration(d time.Duration) string {
	if d <= time.Second {
		return fmt.Sprintf("%dms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1fs", d.Seconds())
}
