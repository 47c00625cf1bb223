package cmd

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// serverSettings are the settings of a server process that are not part of the server's
// configuration file. Each is a flag, or a variable PRISMA_ and the flag's name.
type serverSettings struct {
	Host      string // "" leaves the configuration's
	Port      int    // -1 leaves the configuration's
	LogFormat string // "text" or "json"
	LogLevel  string // "error", "warn", "info" or "debug"
	LogSQL    bool   // log every statement
}

// Viper is used in this file only, to look flags and environment up in one place.

func registerServerSettings(flags *pflag.FlagSet) {
	flags.String("host", "", "Address to listen on (default 127.0.0.1)")
	flags.Int("port", -1, "Port to listen on, 0 picks one (default 4466)")
	registerLogSettings(flags)
}

func registerLogSettings(flags *pflag.FlagSet) {
	flags.String("log-format", "text", "Form of the log: text or json")
	flags.String("log-level", "info", "Least important lines to log: error, warn, info or debug")
	flags.Bool("log-sql", false, "Log every SQL statement")
}

// readServerSettings reads flags, then the environment.
func readServerSettings(flags *pflag.FlagSet) (serverSettings, error) {
	v := viper.New()
	v.SetEnvPrefix("PRISMA")
	v.SetEnvKeyReplacer(strings.NewReplacer("-", "_"))
	v.AutomaticEnv()
	if err := v.BindEnv("log-level", "PRISMA_LOG_LEVEL", "LOG_LEVEL"); err != nil {
		return serverSettings{}, err
	}
	if err := v.BindPFlags(flags); err != nil {
		return serverSettings{}, err
	}
	s := serverSettings{
		Host:      v.GetString("host"),
		Port:      v.GetInt("port"),
		LogFormat: strings.ToLower(v.GetString("log-format")),
		LogLevel:  strings.ToLower(v.GetString("log-level")),
		LogSQL:    v.GetBool("log-sql"),
	}
	return s, s.check()
}

func (s serverSettings) check() error {
	if s.Port < -1 || s.Port > 65535 {
		return fmt.Errorf("--port %d is not a port: it lies between 0 and 65535", s.Port)
	}
	if !slices.Contains([]string{"text", "json"}, s.LogFormat) {
		return fmt.Errorf("--log-format %q is unknown: use text or json", s.LogFormat)
	}
	if _, err := s.level(); err != nil {
		return err
	}
	return nil
}

func (s serverSettings) level() (slog.Level, error) {
	if s.LogSQL {
		return slog.LevelDebug, nil
	}
	if s.LogLevel == "trace" {
		return slog.LevelDebug, nil
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.LogLevel)); err != nil {
		return 0, fmt.Errorf("--log-level %q is unknown: use error, warn, info or debug", s.LogLevel)
	}
	return level, nil
}

// logger writes to w in the chosen form.
func (s serverSettings) logger(w io.Writer) *slog.Logger {
	level, _ := s.level() // checked before
	options := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
