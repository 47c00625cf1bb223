package terminal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/AlecAivazis/survey/v2"
	surveycore "github.com/AlecAivazis/survey/v2/core"
	surveyterminal "github.com/AlecAivazis/survey/v2/terminal"
	"golang.org/x/term"
)

// ErrInterrupted means that the person pressed Ctrl-C or Ctrl-D at a prompt.
var ErrInterrupted = errors.New("interrupted")

// ErrNoTerminal means that there is nobody to ask.
var ErrNoTerminal = errors.New("there is no terminal to ask on")

// A Choice is one line of a list.
type Choice struct{ Name, Description string }

// Select asks for one of several choices and returns its name.
func (t *Terminal) Select(question string, choices []Choice) (string, error) {
	if len(choices) == 0 {
		return "", errors.New("there is nothing to choose from")
	}
	names := make([]string, len(choices))
	for i, c := range choices {
		names[i] = c.Name
	}
	about := t.besides(choices)
	var index int
	err := t.ask(func(ask asker) error {
		if t.dumb {
			return ask.plainSelect(question, names, about, &index)
		}
		list := &survey.Select{Message: question, Options: names, PageSize: t.pageSize(question), Description: func(_ string, i int) string { return about[i] }}
		return ask.survey(list, &index, nil)
	})
	if err != nil {
		return "", err
	}
	return choices[index].Name, nil
}

// pageSize is how many choices of a list stand on the screen at a time, so that the question stays
// above them: what has left the screen cannot be drawn over.
func (t *Terminal) pageSize(question string) int {
	columns, rows, err := term.GetSize(int(t.screen().Fd()))
	if err != nil || columns <= 0 || rows <= 0 {
		return longestPage
	}
	return pageOf(columns, rows, question)
}

const longestPage = 10

func pageOf(columns, rows int, question string) int {
	asked := utf8.RuneCountInString("? " + question + " (Use arrow keys)")
	above := (asked + columns - 1) / columns
	return max(1, min(longestPage, rows-above-1))
}

// besides are the descriptions of choices, in a column of their own and cut so that no line is
// wider than the screen.
func (t *Terminal) besides(choices []Choice) []string {
	const gap, narrowGap = 6, 2
	pointer := len("> ") + 1
	if t.dumb {
		pointer = len(fmt.Sprintf("  %d. ", len(choices))) + 1
	}
	longest := 0
	for _, c := range choices {
		longest = max(longest, utf8.RuneCountInString(c.Name))
	}
	column := longest + gap
	for _, c := range choices {
		if pointer+column+utf8.RuneCountInString(c.Description) > t.columns() {
			column = longest + narrowGap
		}
	}
	list := make([]string, len(choices))
	for i, c := range choices {
		if c.Description == "" {
			continue
		}
		space := strings.Repeat(" ", column-utf8.RuneCountInString(c.Name))
		list[i] = strings.TrimRight(space+shorten(c.Description, t.columns()-pointer-column), " ")
	}
	return list
}

// shorten cuts a text to a number of columns.
func shorten(text string, columns int) string {
	switch runes := []rune(text); {
	case len(runes) <= columns:
		return text
	case columns < 4:
		return ""
	default:
		return strings.TrimRight(string(runes[:columns-1]), " ") + "…"
	}
}

// Input asks for a line of text until check has no objection. Nothing typed is standard.
func (t *Terminal) Input(question, standard string, check func(string) error) (string, error) {
	var answer string
	err := t.ask(func(ask asker) error {
		if t.dumb {
			return ask.plainInput(question, standard, &answer, check)
		}
		return ask.survey(&survey.Input{Message: question, Default: standard}, &answer, check)
	})
	return strings.TrimSpace(answer), err
}

// Password asks for a text and does not show it.
func (t *Terminal) Password(question string) (string, error) {
	var answer string
	err := t.ask(func(ask asker) error {
		if t.dumb {
			return ask.plainPassword(question, &answer)
		}
		return ask.survey(&survey.Password{Message: question}, &answer, nil)
	})
	return answer, err
}

// Confirm asks a question that only yes and y agree to.
func (t *Terminal) Confirm(question string, standard bool) (bool, error) {
	answer := standard
	err := t.ask(func(ask asker) error {
		if t.dumb {
			return ask.plainConfirm(question, standard, &answer)
		}
		return ask.survey(&survey.Confirm{Message: question, Default: standard}, &answer, nil)
	})
	return answer, err
}

// asker is a keyboard and a screen during one question.
type asker struct {
	keyboard, screen *os.File
	colour           bool
}

// ask runs one prompt. Survey itself would take the first choice from a pipe, so a terminal is
// asked for first.
//
// A program that is told to end while it asks gives up at once and leaves the terminal as it
// was: a read of the keyboard cannot be stopped, so its goroutine is left to the end of the
// program, which is near.
func (t *Terminal) ask(prompt func(asker) error) error {
	if !t.Interactive() {
		return ErrNoTerminal
	}
	a := asker{keyboard: t.In.(*os.File), screen: t.screen(), colour: t.colour}
	before, err := term.GetState(int(a.keyboard.Fd()))
	if err != nil {
		return err
	}
	told := make(chan os.Signal, 1)
	signal.Notify(told, Endings()...)
	defer signal.Stop(told)
	answered := make(chan error, 1)
	go func() { answered <- prompt(a) }()
	select {
	case err := <-answered:
		return err
	case <-told:
		if !t.dumb {
			fmt.Fprint(a.screen, showCursor)
		}
		fmt.Fprintln(a.screen)
		return errors.Join(ErrInterrupted, term.Restore(int(a.keyboard.Fd()), before))
	}
}

// Endings are the signals that ask a program to end: Ctrl-C, SIGTERM, and SIGHUP of a terminal
// that is closed, unless the program was started to outlive that, as nohup does.
func Endings() []os.Signal {
	endings := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		endings = append(endings, syscall.SIGHUP)
	}
	return endings
}

const showCursor = "\x1b[?25h"

// survey runs one of survey's prompts. Its looks, which are variables over there, are those of
// the original's prompts.
func (a asker) survey(prompt survey.Prompt, answer any, check func(string) error) error {
	surveycore.DisableColor = !a.colour
	survey.SelectQuestionTemplate, survey.ErrorTemplate = selectLooks, errorLooks
	options := []survey.AskOpt{survey.WithStdio(keys{a.keyboard}, a.screen, a.screen), survey.WithIcons(icons), survey.WithShowCursor(true)}
	if check != nil {
		options = append(options, survey.WithValidator(func(answer any) error { return check(strings.TrimSpace(fmt.Sprint(answer))) }))
	}
	err := survey.AskOne(prompt, answer, options...)
	if errors.Is(err, surveyterminal.InterruptErr) || errors.Is(err, io.EOF) {
		return ErrInterrupted
	}
	return err
}

// keys is a keyboard whose Ctrl-D is Ctrl-C: in a list survey would take it for Enter.
type keys struct{ *os.File }

func (k keys) Read(p []byte) (int, error) {
	n, err := k.File.Read(p)
	for i, key := range p[:n] {
		if key == surveyterminal.KeyEndTransmission {
			p[i] = surveyterminal.KeyInterrupt
		}
	}
	return n, err
}

func icons(set *survey.IconSet) {
	if runtime.GOOS != "windows" { // whose old console has no such letter
		set.SelectFocus.Text = "❯"
	}
}

const errorLooks = `{{color "red"}}>> {{ .Error }}{{color "reset"}}
`

const selectLooks = `
{{- define "option"}}
    {{- if eq .SelectedIndex .CurrentIndex }}{{color "cyan"}}{{ .Config.Icons.SelectFocus.Text }} {{else}}{{color "default"}}  {{end}}
    {{- .CurrentOpt.Value}}{{ $.GetDescription .CurrentOpt }}
    {{- color "reset"}}
{{end}}
{{- color .Config.Icons.Question.Format }}{{ .Config.Icons.Question.Text }} {{color "reset"}}
{{- color "default+hb"}}{{ .Message }}{{ .FilterMessage }}{{color "reset"}}
{{- if .ShowAnswer}}{{color "cyan"}} {{.Answer}}{{color "reset"}}{{"\n"}}
{{- else}}{{color "default+d"}} (Use arrow keys){{color "reset"}}
  {{- "\n"}}
  {{- if not .PageEntries}}  Nothing is called that. Backspace takes back what was typed.{{"\n"}}{{end}}
  {{- range $ix, $option := .PageEntries}}
    {{- template "option" $.IterateOption $ix $option}}
  {{- end}}
{{- end}}`
