package server

import (
	"time"

	"github.com/prisma1-go/prisma1/pkg/graphql"
)

// DefaultBodyBytes is the size of the largest request that is read.
const DefaultBodyBytes = 50 << 20

const (
	defaultStatementTime = 60 * time.Second
	defaultAnswerBytes   = 24 << 20
	defaultSlowStatement = time.Second
)

// parseLimits reads the section limits. What is not in it keeps its default.
func parseLimits(root *section, config *Config) *section {
	s, ok := root.settings("limits")
	if !ok {
		return &section{}
	}
	l := graphql.DefaultLimits()
	l.QueryBytes = s.limit("queryBytes", l.QueryBytes)
	l.Tokens = s.limit("tokens", l.Tokens)
	l.Depth = s.limit("depth", l.Depth)
	l.ValueDepth = s.limit("valueDepth", l.ValueDepth)
	l.Values = s.limit("values", l.Values)
	l.Aliases = s.limit("aliases", l.Aliases)
	l.Fields = s.limit("fields", l.Fields)
	l.Directives = s.limit("directives", l.Directives)
	l.Batch = s.limit("batch", l.Batch)
	l.Introspection = s.limit("introspectionBytes", l.Introspection)
	config.Limits = l
	config.BodyBytes = s.limit("bodyBytes", 0)
	config.Connections = s.limit("connections", 0)
	config.Database.StatementTime = time.Duration(s.limit("statementSeconds", 0)) * time.Second
	config.StorageBytes = int64(s.limit("storageMegabytes", 0)) * 1_000_000
	config.WorkspaceServices = s.limit("workspaceServices", 0)
	config.Database.Nodes = s.limit("listNodes", 0)
	config.Database.Conditions = s.limit("conditions", 0)
	config.Operations = s.limit("webSocketOperations", 0)
	config.Database.AnswerBytes = s.limit("answerBytes", 0)
	return s
}

// parseSlowStatements reads which statements of the data API are logged as slow.
func parseSlowStatements(root *section, config *Config) *section {
	config.Database.SlowStatement = defaultSlowStatement
	s, ok := root.settings("slowStatements")
	if !ok {
		return &section{}
	}
	ms := s.number("milliseconds", int(defaultSlowStatement/time.Millisecond))
	if ms < 0 {
		s.fail("milliseconds", "%d is less than 0, which logs none", ms)
	}
	config.Database.SlowStatement = time.Duration(ms) * time.Millisecond
	config.Database.LogValues = s.flag("values", false)
	return s
}

// limit reads a number that is at least 1.
func (s *section) limit(key string, otherwise int) int {
	if s.text(key) == "" {
		return otherwise
	}
	n := s.number(key, 1)
	if n < 1 {
		s.fail(key, "%d is no limit (1 or more)", n)
	}
	return n
}
