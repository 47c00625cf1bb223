package cmd

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/server"
)

// TestDoctorSeesOtherVersionAndClock: a server of another minor version whose clock is behind.
func TestDoctorSeesOtherVersionAndClock(t *testing.T) {
	t.Parallel()
	behind, err := url.Parse(serverOf(t, server.Config{Database: connector.Config{Connector: "sqlite", Memory: true}, Version: "1.33.0"}))
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(behind)
	proxy.ModifyResponse = func(r *http.Response) error {
		r.Header.Set("Date", time.Now().Add(-90*time.Minute).UTC().Format(http.TimeFormat))
		return nil
	}
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	dir, _ := wizardFolder(t)
	cmd := exec.Command("prisma1", "doctor")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+filepath.Join(dir, ".home"), "PRISMA_MANAGEMENT_API_ENDPOINT="+front.URL+"/shop/dev")
	out, err := cmd.CombinedOutput()
	for _, want := range []string{
		"✖ version: this program is " + version + ", the server 1.33.0\n    Bring both to the same minor version\n",
		"✖ clock: this computer and the server are 1h30m",
		"✔ authentication: the server accepts requests without a secret\n",
	} {
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%v: no %q in\n%s", err, want, out)
		}
	}
}

// TestIsOfNPM: what npm puts on PATH, on Windows a script beside node_modules; and what is none of it.
func TestIsOfNPM(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, c := range map[string]struct {
		text string
		want bool
	}{
		"prisma.cmd": {"@ECHO off\r\n\"%_prog%\"  \"%dp0%\\node_modules\\prisma1\\dist\\index.js\" %*\r\n", true},
		"prisma1":    {"#!/usr/bin/env node\nrequire('prisma-cli-engine')\n", true},
		"index.js":   {"", true},
		"wrapper":    {"#!/bin/sh\nexec /opt/prisma1 \"$@\"\n", false},
		"binary":     {"\x7fELF\x00node", false},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(c.text), 0o755); err != nil {
			t.Fatal(err)
		}
		if got := isOfNPM(path); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}
