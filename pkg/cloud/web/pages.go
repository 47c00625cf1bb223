package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/prisma1-go/prisma1/pkg/cloud"
)

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// personal are the pages for who is signed in.
func (s *Site) personal() map[string]personalPage {
	return map[string]personalPage{
		"GET /{$}":                                s.showWorkspaces,
		"POST /workspaces":                        s.addWorkspace,
		"GET /workspaces/{slug}":                  s.showWorkspace,
		"GET /workspaces/{slug}/delete":           s.showDelete,
		"POST /workspaces/{slug}/delete":          s.deleteWorkspace,
		"POST /workspaces/{slug}/invite":          s.invite,
		"POST /workspaces/{slug}/members/remove":  s.removeMember,
		"POST /workspaces/{slug}/servers":         s.addServer,
		"POST /workspaces/{slug}/servers/remove":  s.removeServer,
		"GET /workspaces/{slug}/servers/{server}": s.showServer,
		"GET /logins":                             s.showLogins,
		"POST /logins/revoke":                     s.revokeLogin,
		"POST /password":                          s.changePassword,
		"GET /cli-auth":                           s.showComputer,
		"POST /cli-auth":                          s.answerComputer,
	}
}

func (s *Site) showWorkspaces(w http.ResponseWriter, r *http.Request, user *cloud.User) {
	s.workspaces(w, r, user, nil)
}

// workspaces shows the first page, with what was wrong about its form.
func (s *Site) workspaces(w http.ResponseWriter, r *http.Request, user *cloud.User, problem error) {
	memberships, err := s.cloud.Memberships(r.Context(), user.ID)
	if err != nil {
		s.internal(w, r, err)
		return
	}
	shared, err := s.cloud.SharedServers(r.Context())
	if err != nil {
		s.internal(w, r, err)
		return
	}
	v := view{User: user, Memberships: memberships, Shared: shared}
	if problem != nil {
		s.again(w, r, "workspaces", v, problem)
		return
	}
	s.show(w, r, http.StatusOK, "workspaces", v)
}

func (s *Site) addWorkspace(w http.ResponseWriter, r *http.Request, user *cloud.User) {
	slug := r.PostFormValue("slug")
	if err := s.cloud.CreateWorkspace(r.Context(), user.ID, slug, r.PostFormValue("name")); err != nil {
		s.workspaces(w, r, user, err)
		return
	}
	http.Redirect(w, r, "/workspaces/"+url.PathEscape(slug), http.StatusSeeOther)
}

func (s *Site) showWorkspace(w http.ResponseWriter, r *http.Request, user *cloud.User) {
	s.workspace(w, r, user, view{}, nil)
}

// workspace shows one workspace, with what a form there led to.
func (s *Site) workspace(w http.ResponseWriter, r *http.Request, user *cloud.User, v view, problem error) {
	m, err := s.cloud.Membership(r.Context(), user.ID, r.PathValue("slug"))
	if err != nil {
		s.again(w, r, "message", view{}, err)
		return
	}
	v.User, v.Workspace = user, m
	if problem != nil {
		s.again(w, r, "workspace", v, problem)
		return
	}
	s.show(w, r, http.StatusOK, "workspace", v)
}

func (s *Site) showDelete(w http.ResponseWriter, r *http.Request, user *cloud.User) {
	s.deletion(w, r, user, nil)
}

// deletion asks an owner whether a workspace is to go, with what was wrong about the answer.
func (s *Site) deletion(w http.ResponseWriter, r *http.Request, user *cloud.User, problem error) {
	m, err := s.cloud.Ownership(r.Context(), user.ID, r.PathValue("slug"))
	if err != nil {
		s.again(w, r, "message", view{}, err)
		return
	}
	v := view{User: user, Workspace: m}
	if v.Shared, err = s.cloud.SharedServers(r.Context()); err != nil {
		s.internal(w, r, err)
		return
	}
	if problem != nil {
		s.again(w, r, "delete", v, problem)
		return
	}
	s.show(w, r, http.StatusOK, "delete", v)
}

// deleteWorkspace deletes a workspace whose name was typed in.
func (s *Site) deleteWorkspace(w http.ResponseWriter, r *http.Request, user *cloud.User) {
	slug := r.PathValue("slug")
	done, err := s.cloud.DeleteOwnWorkspace(r.Context(), user.ID, slug, r.PostFormValue("name"))
	if err != nil {
		s.deletion(w, r, user, err)
		return
	}
	s.log.Info("workspace deleted", "workspace", slug, "user", user.ID, "address", s.address(r))
	s.show(w, r, http.StatusOK, "deleted", view{User: user, Title: slug, Deletion: done})
}

func (s *Site) invite(w http.ResponseWriter, r *http.Request, user *cloud.User) {
	secret, err := s.cloud.Invite(r.Context(), user.ID, r.PathValue("slug"), r.PostFormValue("email"), r.PostFormValue("role"))
	if err != nil {
		s.workspace(w, r, user, view{}, err)
		return
	}
	s.workspace(w, r, user, view{Link: s.InvitationLink(secret)}, nil)
}

// InvitationLink is what an invited person opens.
func (s *Site) InvitationLink(secret string) string {
	return s.config.URL + "/invitation?secret=" + url.QueryEscape(secret)
}

func (s *Site) removeMember(w http.ResponseWriter, r *http.Request, user *cloud.User) {
	slug, member := r.PathValue("slug"), r.PostFormValue("member")
	if err := s.cloud.RemoveMember(r.Context(), user.ID, slug, member); err != nil {
		s.workspace(w, r, user, view{}, err)
		return
	}
	if member == user.ID {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	http.Redirect(w, r, "/workspaces/"+url.PathEscape(slug), http.StatusSeeOther)
}

func (s *Site) addServer(w http.ResponseWriter, r *http.Request, user *cloud.User) {
	slug, name := r.PathValue("slug"), r.PostFormValue("name")
	if _, err := s.cloud.AddOwnServer(r.Context(), user.ID, slug, name, r.PostFormValue("url"), Loopback(hostOf(s.config.URL))); err != nil {
		s.workspace(w, r, user, view{}, err)
		return
	}
	http.Redirect(w, r, "/workspaces/"+url.PathEscape(slug)+"/servers/"+url.PathEscape(name), http.StatusSeeOther)
}

func (s *Site) removeServer(w http.ResponseWriter, r *http.Request, user *cloud.User) {
	slug := r.PathValue("slug")
	if err := s.cloud.RemoveOwnServer(r.Context(), user.ID, slug, r.PostFormValue("name")); err != nil {
		s.workspace(w, r, user, view{}, err)
		return
	}
	http.Redirect(w, r, "/workspaces/"+url.PathEscape(slug), http.StatusSeeOther)
}

func (s *Site) showServer(w http.ResponseWriter, r *http.Request, user *cloud.User) {
	slug, name := r.PathValue("slug"), r.PathValue("server")
	m, err := s.cloud.Membership(r.Context(), user.ID, slug)
	if err != nil {
		s.again(w, r, "message", view{}, err)
		return
	}
	for i := range m.Workspace.Servers {
		if m.Workspace.Servers[i].Name != name {
			continue
		}
		key, err := s.cloud.PublicKey(r.Context(), slug, name)
		if err != nil {
			s.again(w, r, "message", view{}, err)
			return
		}
		s.show(w, r, http.StatusOK, "server", view{User: user, Workspace: m, Server: &m.Workspace.Servers[i], KeyLines: strings.Split(strings.TrimSpace(key), "\n")})
		return
	}
	s.fail(w, r, http.StatusNotFound, "The workspace has no such server.")
}

func (s *Site) showLogins(w http.ResponseWriter, r *http.Request, user *cloud.User) {
	s.logins(w, r, user, nil)
}

// logins shows the computers that are let in, with what was wrong about a form there.
func (s *Site) logins(w http.ResponseWriter, r *http.Request, user *cloud.User, problem error) {
	logins, err := s.cloud.Logins(r.Context(), user.ID)
	if err != nil {
		s.internal(w, r, err)
		return
	}
	v := view{User: user, Logins: logins}
	if problem != nil {
		s.again(w, r, "logins", v, problem)
		return
	}
	s.show(w, r, http.StatusOK, "logins", v)
}

// changePassword signs the user out everywhere but here.
func (s *Site) changePassword(w http.ResponseWriter, r *http.Request, user *cloud.User) {
	err := s.cloud.ChangePassword(r.Context(), user, r.PostFormValue("old"), r.PostFormValue("password"), s.address(r))
	if err != nil {
		s.logins(w, r, user, err)
		return
	}
	s.begin(w, r, user, "/logins")
}

func (s *Site) revokeLogin(w http.ResponseWriter, r *http.Request, user *cloud.User) {
	if err := s.cloud.Revoke(r.Context(), user.ID, r.PostFormValue("id")); err != nil {
		s.internal(w, r, err)
		return
	}
	http.Redirect(w, r, "/logins", http.StatusSeeOther)
}

func (s *Site) showComputer(w http.ResponseWriter, r *http.Request, user *cloud.User) {
	secret := r.URL.Query().Get("secret")
	computer, address, since, err := s.cloud.Asking(secret)
	if err != nil {
		s.again(w, r, "message", view{User: user, Title: "Log in"}, err)
		return
	}
	s.show(w, r, http.StatusOK, "computer", view{User: user, Secret: secret, Computer: computer, Address: address, Since: since})
}

func (s *Site) answerComputer(w http.ResponseWriter, r *http.Request, user *cloud.User) {
	secret := r.PostFormValue("secret")
	if r.PostFormValue("answer") != "allow" {
		s.cloud.DenyLogin(secret)
		s.show(w, r, http.StatusOK, "message", view{User: user, Title: "Denied", Text: "The computer was sent away. You can close this page."})
		return
	}
	if err := s.cloud.AllowLogin(r.Context(), secret, user.ID); err != nil {
		s.again(w, r, "message", view{User: user, Title: "Log in"}, err)
		return
	}
	s.log.Info("computer let in", "user", user.ID, "address", s.address(r))
	s.show(w, r, http.StatusOK, "message", view{User: user, Title: "You are logged in", Text: "Go back to the terminal. You can close this page."})
}

func (s *Site) showInvitation(w http.ResponseWriter, r *http.Request) {
	s.invitation(w, r, r.URL.Query().Get("secret"), nil)
}

// invitation shows an open invitation, with what was wrong about its form.
func (s *Site) invitation(w http.ResponseWriter, r *http.Request, secret string, problem error) {
	found, err := s.cloud.Invitation(r.Context(), secret)
	if err != nil {
		s.again(w, r, "message", view{Title: "Invitation"}, err)
		return
	}
	user, err := s.cloud.SessionUser(r.Context(), s.session(r))
	if err != nil {
		s.internal(w, r, err)
		return
	}
	v := view{User: user, Secret: secret, Invitation: found, Email: found.Email, Next: "/invitation?secret=" + url.QueryEscape(secret)}
	if problem != nil {
		s.again(w, r, "invitation", v, problem)
		return
	}
	s.show(w, r, http.StatusOK, "invitation", v)
}

// acceptInvitation makes who is signed in a member, or else an account with email and password.
func (s *Site) acceptInvitation(w http.ResponseWriter, r *http.Request) {
	secret := r.PostFormValue("secret")
	user, err := s.cloud.SessionUser(r.Context(), s.session(r))
	if err != nil {
		s.internal(w, r, err)
		return
	}
	if user != nil {
		if err := s.cloud.AcceptInvitation(r.Context(), user, secret); err != nil {
			s.invitation(w, r, secret, err)
			return
		}
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	user, err = s.cloud.AddUser(r.Context(), cloud.NewUser{
		Email: r.PostFormValue("email"), Name: r.PostFormValue("name"), Password: r.PostFormValue("password"), Invitation: secret,
	})
	if err != nil {
		s.invitation(w, r, secret, err)
		return
	}
	s.begin(w, r, user, "/")
}
