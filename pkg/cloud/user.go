package cloud

import (
	"cmp"
	"context"
	"fmt"
	"net/mail"
	"strings"
	"unicode"
)

// A User has an account.
type User struct {
	ID       string
	Email    string
	Name     string
	Password string `json:"password"` // its hash; "" for who signs in elsewhere. Read only to sign in.
}

// NewUser is an account to be made. Without Password and Subject nobody can use it.
type NewUser struct {
	Email    string
	Name     string // "" takes the email's
	Password string
	Subject  string // issuer and subject of OpenID Connect

	Invitation string // secret of one, by which it joins a workspace; "" for none
}

const maxText = 190 // bytes of a name or an email

// AddUser makes an account with a workspace of its own. Returns fault.CloudRefused.
func (c *Cloud) AddUser(ctx context.Context, in NewUser) (*User, error) {
	email, err := checkEmail(in.Email)
	if err != nil {
		return nil, err
	}
	name := cmp.Or(strings.TrimSpace(in.Name), strings.Split(email, "@")[0])
	if err := checkText("name", name); err != nil {
		return nil, err
	}
	data := values{"email": email, "name": name}
	if in.Subject != "" {
		data["subject"] = in.Subject
	} else {
		if err := CheckPassword(in.Password); err != nil {
			return nil, err
		}
		if data["password"], err = c.hash(ctx, in.Password); err != nil {
			return nil, err
		}
	}
	var invited *Invitation
	if in.Invitation != "" {
		if invited, err = c.takeInvitation(ctx, in.Invitation, email); err != nil {
			return nil, err
		}
	}
	var answer struct{ CreateUser User }
	err = c.records.do(ctx, `mutation ($data: UserCreateInput!) { createUser(data: $data) { id email name } }`, values{"data": data}, &answer)
	if taken(err) {
		return nil, c.returned(ctx, invited, refused("There is an account of %s already.", email))
	}
	if err != nil {
		return nil, c.returned(ctx, invited, err)
	}
	user := &answer.CreateUser
	if invited != nil {
		return user, c.join(ctx, user.ID, invited.Slug, invited.Role)
	}
	return user, c.ownWorkspace(ctx, user)
}

// SetPassword changes a password and signs the user out everywhere.
func (c *Cloud) SetPassword(ctx context.Context, email, password string) error {
	email, err := checkEmail(email)
	if err != nil {
		return err
	}
	if err := CheckPassword(password); err != nil {
		return err
	}
	hash, err := c.hash(ctx, password)
	if err != nil {
		return err
	}
	err = c.records.do(ctx, `mutation ($email: String!, $hash: String!) {
  updateUser(where: {email: $email}, data: {password: $hash}) { id }
  deleteManySessions(where: {user: {email: $email}}) { count }
  deleteManyLogins(where: {user: {email: $email}}) { count }
}`, values{"email": email, "hash": hash}, nil)
	if missing(err) {
		return refused("There is no account of %s.", email)
	}
	return err
}

// ChangePassword is SetPassword by the user, who knows the old one. Returns fault.CloudRefused.
func (c *Cloud) ChangePassword(ctx context.Context, user *User, old, password, address string) error {
	if err := CheckPassword(password); err != nil {
		return err
	}
	if _, err := c.SignIn(ctx, user.Email, old, address); err != nil {
		return err
	}
	return c.SetPassword(ctx, user.Email, password)
}

// RemoveUser deletes an account and all keys of it. Its services stay.
func (c *Cloud) RemoveUser(ctx context.Context, email string) error {
	email, err := checkEmail(email)
	if err != nil {
		return err
	}
	err = c.records.do(ctx, `mutation ($email: String!) { deleteUser(where: {email: $email}) { id } }`, values{"email": email}, nil)
	if missing(err) {
		return refused("There is no account of %s.", email)
	}
	return err
}

// Users lists all accounts by email.
func (c *Cloud) Users(ctx context.Context) ([]User, error) {
	var answer struct{ Users []User }
	err := c.records.do(ctx, `{ users(orderBy: email_ASC) { id email name } }`, nil, &answer)
	return answer.Users, err
}

// SignIn returns the user with an email and password. What is wrong of the two it does
// not tell. address is where the attempt comes from. Returns fault.CloudRefused.
func (c *Cloud) SignIn(ctx context.Context, email, password, address string) (*User, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if len(email) > maxText {
		email = email[:maxText]
	}
	account, from := "account "+email+" "+address, "address "+address
	if !c.attempts.allow(from, 10*mostAttempts) || !c.attempts.allow(account, mostAttempts) {
		return nil, refused("There were too many attempts. Please wait a quarter of an hour.")
	}
	var answer struct{ User *User }
	err := c.records.do(ctx, `query ($email: String!) { user(where: {email: $email}) { id email name password } }`, values{"email": email}, &answer)
	if err != nil {
		return nil, err
	}
	stored := noPassword
	if answer.User != nil && answer.User.Password != "" {
		stored = answer.User.Password
	}
	ok, err := c.matches(ctx, stored, password)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, refused("Email or password is wrong.")
	}
	c.attempts.succeeded(account)
	c.attempts.succeeded(from)
	answer.User.Password = ""
	return answer.User, nil
}

// SignInElsewhere returns the user with a subject of OpenID Connect. Somebody new gets an
// account; an account that has the email already is not taken over.
func (c *Cloud) SignInElsewhere(ctx context.Context, issuer, subject, email, name string) (*User, error) {
	key := hashed(issuer + " " + subject)
	var answer struct{ User *User }
	err := c.records.do(ctx, `query ($key: String!) { user(where: {subject: $key}) { id email name } }`, values{"key": key}, &answer)
	if err != nil || answer.User != nil {
		return answer.User, err
	}
	return c.AddUser(ctx, NewUser{Email: email, Name: name, Subject: key})
}

// checkEmail returns an email in small letters.
func checkEmail(text string) (string, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	address, err := mail.ParseAddress(text)
	if err != nil || address.Address != text || len(text) > maxText {
		return "", refused("%q is no email address.", short(text))
	}
	return text, nil
}

func checkText(what, text string) error {
	if text == "" || len(text) > maxText || strings.ContainsFunc(text, unicode.IsControl) {
		return refused("The %s has 1 to %d bytes and no line breaks.", what, maxText)
	}
	return nil
}

// short cuts what somebody typed down to what fits into a message.
func short(text string) string {
	if len(text) <= 60 {
		return text
	}
	return fmt.Sprintf("%.60s…", text)
}
