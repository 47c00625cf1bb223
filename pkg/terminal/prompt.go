package terminal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"github.com/AlecAivazis/survey/v2"
	surveycore "github.com/AlecAivazis/survey/v2/core"
	surveyterminal "github.com/AlecAivazis/survey/v2/terminal"
)

// ErrInterrupted means that the person pressed Ctrl-C at a prompt.
var ErrInterrupted = errors.New("interrupted")

// ErrNoTerminal means that there is nobody to ask.
var ErrNoTerminal = errors.New("there is no terminal to ask on")

// A Choice is one line of a list.
type Choice struct{ Name, Description string }

// Select asks for one of several choices and returns its name.
func (t *Terminal) Select(question string, choices []Choice) (string, error) {
	longest := 0
	for _, c := range choices {
		longest = max(longest, utf8.RuneCountInString(c.Name))
	}
	lines := make([]string, len(choices))
	for i, c := range choices {
		lines[i] = fmt.Sprintf("%-*s%s", longest+6, c.Name, c.Description)
	}
	index := 0
	if err := t.ask(&survey.Select{Message: question, Options: lines}, &index, nil); err != nil {
		return "", err
	}
	return choices[index].Name, nil
}

// Input asks for a line of text until check has no objection. Nothing typed is standard.
func (t *Terminal) Input(question, standard string, check func(string) error) (string, error) {
	var answer string
	err := t.ask(&survey.Input{Message: question, Default: standard}, &answer, check)
	return answer, err
}

// Password asks for a text and does not show it.
func (t *Terminal) Password(question string) (string, error) {
	var answer string
	err := t.ask(&survey.Password{Message: question}, &answer, nil)
	return answer, err
}

// Confirm asks a question that only yes and y agree to.
func (t *Terminal) Confirm(question string, standard bool) (bool, error) {
	answer := standard
	err := t.ask(&survey.Confirm{Message: question, Default: standard}, &answer, nil)
	return answer, err
}

// ask runs one prompt. Survey itself would take the first choice from a pipe, so a terminal is
// asked for first.
func (t *Terminal) ask(prompt survey.Prompt, answer any, check func(string) error) error {
	if !t.Interactive() {
		return ErrNoTerminal
	}
	surveycore.DisableColor = !t.colour
	options := []survey.AskOpt{survey.WithStdio(t.In.(*os.File), t.screen(), t.screen())}
	if check != nil {
		options = append(options, survey.WithValidator(func(answer any) error { return check(fmt.Sprint(answer)) }))
	}
	err := survey.AskOne(prompt, answer, options...)
	if errors.Is(err, surveyterminal.InterruptErr) || errors.Is(err, io.EOF) {
		return ErrInterrupted
	}
	return err
}
