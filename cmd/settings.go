package cmd

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
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

// globalSettings hold for every command.
type globalSettings struct {
	NoInteractive bool // never ask
	StrictExit    bool // exit 3 for "needs --force", 4 for "not authenticated"
}

func registerGlobalSettings(flags *pflag.FlagSet) {
	flags.Bool("no-interactive", false, "Never ask; fail and name the missing flag (also with CI set)")
	flags.Bool("strict-exit", false, "Exit 3 when --force is needed and 4 when not authenticated")
}

// readGlobalSettings reads flags, then the environment, then ~/.prisma/config.yml.
func readGlobalSettings(flags *pflag.FlagSet, file string) (globalSettings, error) {
	v, err := lookup(flags, file)
	if err != nil {
		return globalSettings{}, err
	}
	ci := v.GetString("ci")
	return globalSettings{
		NoInteractive: v.GetBool("no-interactive") || ci != "" && ci != "false" && ci != "0",
		StrictExit:    v.GetBool("strict-exit"),
	}, nil
}

// configPath is where ~/.prisma/config.yml lies; no such file without a home.
func configPath() string {
	home, _ := os.UserHomeDir()
	return filepath.Join(home, ".prisma", "config.yml")
}

// lookup prepares to look settings up; a file that cannot be read is for those who need it.
func lookup(flags *pflag.FlagSet, file string) (*viper.Viper, error) {
	v := viper.New()
	v.SetEnvPrefix("PRISMA")
	v.SetEnvKeyReplacer(strings.NewReplacer("-", "_"))
	v.AutomaticEnv()
	v.SetConfigFile(file)
	_ = v.ReadInConfig()
	return v, errors.Join(v.BindPFlags(flags), v.BindEnv("ci", "CI"), v.BindEnv("log-level", "PRISMA_LOG_LEVEL", "LOG_LEVEL"))
}

// settingsOf lists the settings that are flags of every command or of the server, each with
// where it comes from.
func settingsOf(flags *pflag.FlagSet, file string) ([]setting, error) {
	all := pflag.NewFlagSet("settings", pflag.ContinueOnError)
	registerServerSettings(all)
	registerGlobalSettings(all)
	var err error
	flags.Visit(func(f *pflag.Flag) {
		if own := all.Lookup(f.Name); own != nil {
			err = errors.Join(err, all.Set(f.Name, f.Value.String()))
		}
	})
	v, lookupErr := lookup(all, file)
	if err := errors.Join(err, lookupErr); err != nil {
		return nil, err
	}
	var list []setting
	all.VisitAll(func(f *pflag.Flag) {
		variable := "PRISMA_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		s := setting{Name: f.Name, Value: v.GetString(f.Name), Source: "default"}
		switch {
		case f.Changed:
			s.Source = "flag --" + f.Name
		case os.Getenv(variable) != "":
			s.Source = "environment " + variable
		case f.Name == "log-level" && os.Getenv("LOG_LEVEL") != "":
			s.Source = "environment LOG_LEVEL"
		case v.InConfig(f.Name):
			s.Source = file
		}
		if f.Name == "port" && s.Value == "-1" {
			s.Value = ""
		}
		list = append(list, s)
	})
	return list, nil
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

// readServerSettings reads flags, then the environment, then ~/.prisma/config.yml.
func readServerSettings(flags *pflag.FlagSet) (serverSettings, error) {
	v, err := lookup(flags, configPath())
	if err != nil {
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
