package cmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

type adminOptions struct {
	App        *App
	Definition definitionFlags

	ServerOnly bool // playground: do not open the browser
	Port       int  // playground: of the page on this machine
}

func newAdminCmd(app *App, run func(context.Context, *adminOptions) error) *cobra.Command {
	opts := &adminOptions{App: app}
	cmd := &cobra.Command{
		Use:   "admin",
		Short: "Open service endpoints in Prisma Admin",
		Example: `- Show the service of this folder in the browser
  $ prisma1 admin`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	opts.Definition.register(cmd)
	return cmd
}

func newPlaygroundCmd(app *App, run func(context.Context, *adminOptions) error) *cobra.Command {
	opts := &adminOptions{App: app}
	cmd := &cobra.Command{
		Use:   "playground",
		Short: "Open service endpoints in GraphQL Playground",
		Example: `- Try queries in the browser, as somebody who has the secret of the service
  $ prisma1 playground

- Only serve the page, on a free port
  $ prisma1 playground --server-only --port 0`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), opts) },
	}
	opts.Definition.register(cmd)
	cmd.Flags().BoolP("web", "w", false, "Open the browser")
	_ = cmd.Flags().MarkHidden("web") // there is no other form
	cmd.Flags().BoolVarP(&opts.ServerOnly, "server-only", "s", false, "Run only the server")
	cmd.Flags().IntVar(&opts.Port, "port", 3000, "Port to serve the Playground on, 0 picks one")
	return cmd
}

// runAdmin opens the page of the service. Prisma Admin itself is not part of this server; where
// the server is one of Prisma 1 its address is _admin, else the Playground is shown.
// The token is not printed, unlike in the original.
func runAdmin(ctx context.Context, opts *adminOptions) error {
	t, err := opts.Definition.target(opts.App)
	if err != nil {
		return err
	}
	probe, cancel := context.WithTimeout(ctx, probeDeadline)
	defer cancel()
	err = opts.App.Terminal.Slowly("Waiting for the server at "+t.Endpoint.Base, func() error {
		_, err := t.Server.ServerInfo(probe)
		return err
	})
	if err != nil {
		return err
	}
	shown := t.Endpoint.HTTP()
	if hasPage(probe, shown+"/_admin") {
		shown += "/_admin"
	}
	address := shown
	if token, err := serviceToken(t.File, t.Endpoint); err != nil {
		return err
	} else if token != "" && strings.HasSuffix(shown, "/_admin") {
		address += "?token=" + url.QueryEscape(token)
	}
	opts.App.Terminal.Printf("Opening Prisma Admin %s in the browser\n", shown)
	if err := opts.App.openBrowser(address); err != nil {
		opts.App.Terminal.Warning(describe(err))
	}
	return nil
}

// hasPage tells whether a GET of the address answers a web page.
func hasPage(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, probeDeadline)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	request.Header.Set("Accept", "text/html")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK && strings.HasPrefix(response.Header.Get("Content-Type"), "text/html")
}

// runPlayground serves the Playground of the service on this machine until it is interrupted:
// /playground is the page of the server, and what it asks goes on to the service with a fresh token.
func runPlayground(ctx context.Context, opts *adminOptions) error {
	t, err := opts.Definition.target(opts.App)
	if err != nil {
		return err
	}
	base, err := url.Parse(t.Endpoint.HTTP())
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", opts.Port))
	if err != nil {
		return fmt.Errorf("%w\nGive another port with --port", err)
	}
	web := &http.Server{Handler: playground(base, t), ReadHeaderTimeout: 10 * time.Second}
	address := fmt.Sprintf("http://localhost:%d/playground", listener.Addr().(*net.TCPAddr).Port)
	opts.App.Terminal.Printf("Serving playground at %s\n", address)
	if !opts.ServerOnly {
		if err := opts.App.openBrowser(address); err != nil {
			opts.App.Terminal.Warning(describe(err))
		}
	}
	stop := context.AfterFunc(ctx, func() { web.Close() })
	defer stop()
	if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// playground passes requests on to the service; those that are no page get a token.
func playground(base *url.URL, t *target) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: base.Scheme, Host: base.Host})
			r.Out.URL.Path = base.Path
			r.Out.URL.RawPath = ""
			if r.In.Header.Get("Authorization") != "" || !fromThisMachine(r.In) {
				return
			}
			if token, err := serviceToken(t.File, t.Endpoint); err == nil && token != "" {
				r.Out.Header.Set("Authorization", "Bearer "+token)
			}
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			http.Error(w, "Could not connect to server at "+t.Endpoint.Base, http.StatusBadGateway)
		},
	}
}

// fromThisMachine refuses the token to pages of other sites, also under a foreign name for
// this address.
func fromThisMachine(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil || host != "localhost" && host != "127.0.0.1" {
		return false
	}
	origin := r.Header.Get("Origin")
	return origin == "" && r.Header.Get("Sec-Fetch-Site") != "cross-site" || origin == "http://"+r.Host
}
