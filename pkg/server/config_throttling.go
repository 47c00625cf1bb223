package server

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/prisma1-go/prisma1/pkg/project"
)

// Prisma 1's variables.
const (
	rateVariable    = "THROTTLING_RATE"
	secondsVariable = "THROTTLING_RATE_PER_SECONDS"
	waitingVariable = "THROTTLING_MAX_CALLS_IN_FLIGHT"
	exemptVariable  = "UNTHROTTLED_PROJECT_IDS"
)

// mostSeconds is a day: nobody waits so long for a call.
const mostSeconds = 24 * 60 * 60

// parseThrottling reads the section throttling, whose keys may be left out; true
// stands for one without keys, and false switches off what the variables say.
func parseThrottling(root *section, config *Config) *section {
	const key = "throttling"
	if node := root.nodes[key]; node != nil && node.Kind == yaml.ScalarNode {
		config.Throttling = &Throttling{}
		if root.flag(key, false) {
			config.Throttling = DemoThrottling()
		}
		return &section{}
	}
	s, ok := root.settings(key)
	if !ok {
		return &section{}
	}
	t := DemoThrottling()
	t.Calls = s.limit("calls", t.Calls)
	seconds := s.limit("seconds", int(t.Period/time.Second))
	if seconds > mostSeconds {
		s.fail("seconds", "%d is more than a day", seconds)
	}
	t.Period = time.Duration(seconds) * time.Second
	if t.Waiting = s.number("waiting", t.Waiting); t.Waiting < 0 {
		s.fail("waiting", "%d is less than 0, which lets nobody wait", t.Waiting)
	}
	if s.has("exempt") {
		ids, err := projectIDs(s.texts("exempt"))
		if err != nil {
			s.fail("exempt", "%v", err)
		}
		t.Exempt = ids
	}
	config.Throttling = t
	return s
}

// throttlingFrom reads Prisma 1's variables (RequestThrottler.scala). They count
// only when both rate and waiting calls are given; the period is then a second.
func throttlingFrom(env func(string) string, config *Config) error {
	switch {
	case env(rateVariable) == "" && env(waitingVariable) == "":
		return nil
	case env(rateVariable) == "" || env(waitingVariable) == "":
		config.Warnings = append(config.Warnings, fmt.Sprintf("nothing is throttled: %s and %s are needed both", rateVariable, waitingVariable))
		return nil
	}
	t := &Throttling{}
	seconds := 1
	err := errors.Join(
		numberFrom(env, rateVariable, 1, &t.Calls),
		numberFrom(env, waitingVariable, 0, &t.Waiting),
		numberFrom(env, secondsVariable, 1, &seconds),
	)
	if seconds > mostSeconds {
		err = errors.Join(err, fmt.Errorf("%s: %d is more than a day", secondsVariable, seconds))
	}
	t.Period = time.Duration(seconds) * time.Second
	exempt := strings.FieldsFunc(env(exemptVariable), func(r rune) bool { return r == '|' })
	ids, wrong := projectIDs(exempt)
	if wrong != nil {
		err = errors.Join(err, fmt.Errorf("%s: %w", exemptVariable, wrong))
	}
	t.Exempt = ids
	config.Throttling = t
	return err
}

// numberFrom reads a number that is at least least from a variable that may be missing.
func numberFrom(env func(string) string, name string, least int, number *int) error {
	text := env(name)
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		return fmt.Errorf("%s: %q is not a number (%d or more)", name, text, least)
	}
	*number = n
	return nil
}

// projectIDs reads services written as in an endpoint, or as the original's
// ids of projects: shop/dev, workspace~shop$dev, shop@dev.
func projectIDs(texts []string) ([]project.ID, error) {
	var ids []project.ID
	for _, text := range texts {
		id, ok := project.FromPath(strings.NewReplacer("$", "/", "@", "/").Replace(strings.TrimSpace(text)))
		if !ok || id.Check() != nil {
			return nil, fmt.Errorf("%q is no service, such as shop/dev", text)
		}
		ids = append(ids, id)
	}
	return ids, nil
}
