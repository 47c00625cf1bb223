package cmd

import (
	"context"
	"errors"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/client"
	"github.com/prisma1-go/prisma1/pkg/terminal"
)

// person answers prompts from a list; an answer that is refused fails the prompt.
type person struct{ says []string }

func (p *person) next() string {
	answer := p.says[0]
	p.says = p.says[1:]
	return answer
}

func (p *person) Select(string, []terminal.Choice) (string, error) { return p.next(), nil }

func (p *person) Notef(string, ...any) {}

func (p *person) Password(string) (string, error) { return p.next(), nil }

func (p *person) Confirm(string, bool) (bool, error) { return p.next() == "y", nil }

func (p *person) Input(_, standard string, check func(string) error) (string, error) {
	answer := p.next()
	if answer == "" {
		answer = standard
	}
	return answer, check(answer)
}

func TestWizard(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		says    []string
		running string // URL of the local server
		want    string
		starts  int
	}{
		"starts the local server": {says: []string{localChoice, "", ""}, want: "http://started/My-shop/dev", starts: 1},
		"uses the running one":    {says: []string{localChoice, "a", "default"}, running: "http://running", want: "http://running/a"},
		"leaves out the defaults": {says: []string{localChoice, "default", "default"}, running: "http://running", want: "http://running"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			starts := 0
			w := wizard{ask: &person{c.says}, localURL: c.running, folder: "/home/me/My shop", startLocal: func(context.Context) (string, error) {
				starts++
				return "http://started", nil
			}}
			w.services = func(context.Context, string, string) ([]client.Project, error) { return nil, nil }
			got, err := w.run(t.Context())
			if err == nil {
				err = w.start(t.Context(), &got)
			}
			if err != nil || got.Endpoint != c.want || starts != c.starts {
				t.Errorf("got %+v, %d starts, %v; want %s, %d", got, starts, err, c.want, c.starts)
			}
		})
	}
}

func TestWizardStartsNothingForAWrongName(t *testing.T) {
	t.Parallel()
	w := wizard{ask: &person{[]string{localChoice, "1 wrong"}}, folder: "/x", startLocal: func(context.Context) (string, error) {
		return "", errors.New("started")
	}}
	if got, err := w.run(t.Context()); err == nil || err.Error() == "started" {
		t.Errorf("got %+v %v", got, err)
	}
}

func TestServiceName(t *testing.T) {
	for folder, want := range map[string]string{
		"/a/shop": "shop", "/a/my shop": "my-shop", "/a/shop/prisma": "shop", "/a/2024": "service-2024", "/": "hello-world", "/a/Ünï": "n", "/a/..b": "b",
	} {
		if got := serviceName(folder); got != want {
			t.Errorf("%s: got %s, want %s", folder, got, want)
		}
	}
}
