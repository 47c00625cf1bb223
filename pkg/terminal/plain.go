package terminal

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/term"
)

// The prompts of this file are for terminals without cursor keys and colours (TERM=dumb), as in
// an editor: a question, and a line as its answer.

func (a asker) plainSelect(question string, names, about []string, index *int) error {
	fmt.Fprintf(a.screen, "? %s\n", question)
	for i, name := range names {
		fmt.Fprintf(a.screen, "  %d. %s%s\n", i+1, name, about[i])
	}
	var answer string
	err := a.plainInput("Number", "1", &answer, func(text string) error {
		if n, err := strconv.Atoi(text); err != nil || n < 1 || n > len(names) {
			return fmt.Errorf("%q is not a number from 1 to %d", text, len(names))
		}
		return nil
	})
	if err == nil {
		*index, err = strconv.Atoi(answer)
		*index--
	}
	return err
}

func (a asker) plainInput(question, standard string, answer *string, check func(string) error) error {
	if standard != "" {
		question += " (" + standard + ")"
	}
	for {
		fmt.Fprintf(a.screen, "? %s ", question)
		line, err := a.line()
		if errors.Is(err, ErrInterrupted) { // by Ctrl-D, which ends no line
			fmt.Fprintln(a.screen)
		}
		if err != nil {
			return err
		}
		if line == "" {
			line = standard
		}
		if check == nil {
			*answer = line
			return nil
		}
		if err := check(line); err != nil {
			fmt.Fprintf(a.screen, ">> %v\n", err)
			continue
		}
		*answer = line
		return nil
	}
}

func (a asker) plainPassword(question string, answer *string) error {
	fmt.Fprintf(a.screen, "? %s ", question)
	text, err := term.ReadPassword(int(a.keyboard.Fd()))
	fmt.Fprintln(a.screen)
	*answer = string(text)
	if errors.Is(err, io.EOF) {
		return ErrInterrupted
	}
	return err
}

func (a asker) plainConfirm(question string, standard bool, answer *bool) error {
	hint := "(y/N)"
	if standard {
		hint = "(Y/n)"
	}
	var text string
	err := a.plainInput(question+" "+hint, "", &text, func(text string) error {
		switch strings.ToLower(text) {
		case "", "y", "yes", "n", "no":
			return nil
		}
		return fmt.Errorf("%q is neither yes nor no", text)
	})
	if text != "" {
		*answer = strings.HasPrefix(strings.ToLower(text), "y")
	}
	return err
}

// line reads one line and not a byte more: what follows belongs to the next question.
func (a asker) line() (string, error) {
	var line []byte
	for one := make([]byte, 1); ; {
		n, err := a.keyboard.Read(one)
		switch {
		case n == 1 && one[0] == '\n':
			return strings.TrimSpace(string(line)), nil
		case n == 1:
			line = append(line, one[0])
		case errors.Is(err, io.EOF):
			return "", ErrInterrupted
		case err != nil:
			return "", err
		}
	}
}
