package client

import (
	"context"
	"net/http"
	"strings"
)

// Cloud calls the API of a cloud. It may be shared between goroutines.
type Cloud struct{ api *api }

// NewCloud returns a client of the cloud at a URL. key is a login key; "" sends none. computer
// is how this one calls itself. A nil httpClient is one with sane timeouts.
func NewCloud(endpoint, key, computer string, httpClient *http.Client) *Cloud {
	endpoint = strings.TrimRight(endpoint, "/")
	a := newAPI(endpoint, endpoint+"/", key, httpClient)
	authorized := authorize(key)
	a.graphql = a.graphql.WithRequestModifier(func(r *http.Request) {
		authorized(r)
		r.Header.Set("User-Agent", computer)
	})
	return &Cloud{a}
}

// An Account is who a login key is for.
type Account struct {
	ID    string
	Name  string
	Email string
}

// Me tells who the login key is for.
func (c *Cloud) Me(ctx context.Context) (Account, error) {
	var answer struct {
		Me struct {
			ID, Name string
			Login    []struct{ Email string }
		}
	}
	err := c.api.call(ctx, `{ me { id name login { email } } }`, nil, &answer)
	account := Account{ID: answer.Me.ID, Name: answer.Me.Name}
	if len(answer.Me.Login) > 0 {
		account.Email = answer.Me.Login[0].Email
	}
	return account, err
}

// RequestLogin asks to be let in and returns the secret with which to ask for the login key.
func (c *Cloud) RequestLogin(ctx context.Context) (secret string, err error) {
	var answer struct{ RequestCloudToken struct{ Secret string } }
	err = c.api.call(ctx, `mutation { requestCloudToken { secret } }`, nil, &answer)
	return answer.RequestCloudToken.Secret, err
}

// LoginKey returns the login key once somebody let this computer in, "" before.
func (c *Cloud) LoginKey(ctx context.Context, secret string) (key string, err error) {
	const query = `query ($secret: String!) { cloudTokenRequest(secret: $secret) { secret token } }`
	var answer struct{ CloudTokenRequest struct{ Token string } }
	err = c.api.call(ctx, query, map[string]any{"secret": secret}, &answer)
	return answer.CloudTokenRequest.Token, err
}

// Renew returns a login key that is valid longer.
func (c *Cloud) Renew(ctx context.Context) (key string, err error) {
	var answer struct{ RenewToken string }
	err = c.api.call(ctx, `mutation { renewToken }`, nil, &answer)
	return answer.RenewToken, err
}

// Revoke takes the login key back.
func (c *Cloud) Revoke(ctx context.Context) error {
	return c.api.call(ctx, `mutation { revokeToken }`, nil, nil)
}

// A CloudServer is one to which a workspace may deploy.
type CloudServer struct {
	Workspace string // its name in endpoints
	Name      string
	Endpoint  string // scheme, host and port
	Shared    bool   // services are named workspace~service there
}

// Servers lists the servers of all workspaces; a shared one stands once for each workspace.
func (c *Cloud) Servers(ctx context.Context) ([]CloudServer, error) {
	const query = `{ me { memberships { workspace { slug clusters { name shared connectInfo { endpoint } customConnectionInfo { endpoint } } } } } }`
	type info struct{ Endpoint string }
	var answer struct {
		Me struct {
			Memberships []struct {
				Workspace struct {
					Slug     string
					Clusters []struct {
						Name                              string
						Shared                            bool
						ConnectInfo, CustomConnectionInfo info
					}
				}
			}
		}
	}
	if err := c.api.call(ctx, query, nil, &answer); err != nil {
		return nil, err
	}
	var servers []CloudServer
	for _, m := range answer.Me.Memberships {
		for _, s := range m.Workspace.Clusters {
			endpoint := s.ConnectInfo.Endpoint
			if endpoint == "" {
				endpoint = s.CustomConnectionInfo.Endpoint
			}
			servers = append(servers, CloudServer{Workspace: m.Workspace.Slug, Name: s.Name, Endpoint: strings.TrimRight(endpoint, "/"), Shared: s.Shared})
		}
	}
	return servers, nil
}

// A CloudService is a service that the cloud knows.
type CloudService struct {
	Workspace   string
	Name, Stage string
	Server      string
}

// Services lists the services of all workspaces.
func (c *Cloud) Services(ctx context.Context) ([]CloudService, error) {
	const query = `{ me { memberships { workspace { slug services { id stage name cluster { name } } } } } }`
	var answer struct {
		Me struct {
			Memberships []struct {
				Workspace struct {
					Slug     string
					Services []struct {
						Name, Stage string
						Cluster     *struct{ Name string }
					}
				}
			}
		}
	}
	if err := c.api.call(ctx, query, nil, &answer); err != nil {
		return nil, err
	}
	var services []CloudService
	for _, m := range answer.Me.Memberships {
		for _, s := range m.Workspace.Services {
			if s.Cluster != nil {
				services = append(services, CloudService{m.Workspace.Slug, s.Name, s.Stage, s.Cluster.Name})
			}
		}
	}
	return services, nil
}

// A CloudReference names a service on a server of a workspace.
type CloudReference struct {
	Workspace, Server, Service, Stage string // Service is without the workspace
}

func (r CloudReference) input() map[string]any {
	return map[string]any{"input": map[string]any{
		"workspaceSlug": r.Workspace, "clusterName": r.Server, "serviceName": r.Service, "stageName": r.Stage,
	}}
}

// ManagementToken returns a token for the server of a service, which the cloud signs.
func (c *Cloud) ManagementToken(ctx context.Context, r CloudReference) (token string, err error) {
	const query = `mutation ($input: GenerateClusterTokenRequest!) { generateClusterToken(input: $input) { clusterToken } }`
	var answer struct{ GenerateClusterToken struct{ ClusterToken string } }
	err = c.api.call(ctx, query, r.input(), &answer)
	return answer.GenerateClusterToken.ClusterToken, err
}

// AddService tells the cloud that a service is there.
func (c *Cloud) AddService(ctx context.Context, r CloudReference) error {
	return c.api.call(ctx, `mutation ($input: GenerateClusterTokenRequest!) { addServiceToCloudDBIfMissing(input: $input) }`, r.input(), nil)
}

// DeleteService deletes a service on its server and forgets it.
func (c *Cloud) DeleteService(ctx context.Context, r CloudReference) error {
	variables := map[string]any{"input": map[string]any{
		"workspaceSlug": r.Workspace, "clusterName": r.Server, "name": r.Service, "stage": r.Stage,
	}}
	return c.api.call(ctx, `mutation ($input: ServiceDeletionInput!) { deleteService(input: $input) { id } }`, variables, nil)
}
