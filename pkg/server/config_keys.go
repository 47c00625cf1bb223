package server

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/prisma1-go/prisma1/pkg/auth"
)

// publicKeyVariable holds a public key, or the path of one, for a configuration without any.
const publicKeyVariable = "PRISMA_MANAGEMENT_API_PUBLIC_KEY"

// parseKeys reads what verifies management tokens. The order is that of Prisma 1
// up to 1.26, the last that had legacySecret: it counts only without a
// managementApiSecret. managementApiPublicKey is ours and always counts, so
// that a server can go from secrets to keys without a moment that locks people out.
func parseKeys(root *section, config *Config, env func(string) string) {
	config.ManagementSecrets = root.secrets("managementApiSecret")
	config.ManagementPublicKeys = root.publicKeys("managementApiPublicKey")
	legacy := root.publicKeys("legacySecret")
	switch {
	case len(legacy) > 0 && len(config.ManagementSecrets) > 0:
		config.Warnings = append(config.Warnings, "legacySecret is not used, because there is a managementApiSecret; managementApiPublicKey would be used beside it")
	default:
		config.ManagementPublicKeys = append(config.ManagementPublicKeys, legacy...)
	}
	if text := env(publicKeyVariable); text != "" && !root.has("managementApiPublicKey") {
		key, err := publicKeyText(text)
		if err != nil {
			root.err = errors.Join(root.err, fmt.Errorf("%s: %w", publicKeyVariable, err))
		}
		config.ManagementPublicKeys = append(config.ManagementPublicKeys, key)
	}
}

// secrets reads one secret, or a list of them for rotation. A comma belongs to
// the secret, as it always did; an empty text is no secret, as it always was.
func (s *section) secrets(key string) []string {
	var secrets []string
	for _, text := range s.texts(key) {
		switch {
		case text == "" && s.isList(key):
			s.fail(key, "an empty secret in the list")
		case auth.IsPEM(text):
			s.fail(key, "this is a key in PEM and not a secret. Whoever knows it could sign with it; a public key belongs under managementApiPublicKey")
		case text != "":
			secrets = append(secrets, text)
		}
	}
	return secrets
}

// publicKeys reads public keys in PEM, or paths of files with them.
func (s *section) publicKeys(key string) []string {
	var keys []string
	for _, text := range s.texts(key) {
		if text == "" && !s.isList(key) {
			continue
		}
		pem, err := publicKeyText(text)
		if err != nil {
			s.fail(key, "%v", err)
		}
		keys = append(keys, pem)
	}
	return keys
}

// publicKeyText returns the PEM that text is or whose path it is, and checks it.
func publicKeyText(text string) (string, error) {
	if !auth.IsPEM(text) {
		file, err := os.ReadFile(strings.TrimSpace(text))
		if err != nil {
			return "", fmt.Errorf("neither a public key in PEM (-----BEGIN PUBLIC KEY-----) nor a file that can be read: %w", withoutPath(err))
		}
		text = string(file)
	}
	_, err := auth.ParsePublicKeys(text)
	return text, err
}

// withoutPath keeps what may be a mistyped secret out of a message.
func withoutPath(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	return err
}

// verifiers are the keys of a configuration, whose texts ParseConfig has checked.
func (c Config) verifiers() ([]auth.Verifier, error) {
	var verifiers []auth.Verifier
	for _, secret := range c.ManagementSecrets {
		verifiers = append(verifiers, auth.SecretVerifier(secret))
	}
	for _, text := range c.ManagementPublicKeys {
		keys, err := auth.ParsePublicKeys(text)
		if err != nil {
			return nil, fmt.Errorf("public key of the management API: %w", err)
		}
		verifiers = append(verifiers, keys...)
	}
	return verifiers, nil
}

// texts returns the scalar under a key, or those of the list under it.
func (s *section) texts(key string) []string {
	if !s.isList(key) {
		return []string{s.text(key)}
	}
	s.used[key] = true
	list := s.nodes[key].Content
	if len(list) == 0 {
		s.fail(key, "the list is empty")
	}
	var texts []string
	for _, item := range list {
		if item.Kind != yaml.ScalarNode {
			s.fail(key, "a list of single values is expected here")
			return nil
		}
		texts = append(texts, item.Value)
	}
	return texts
}

func (s *section) has(key string) bool { return s.nodes[key] != nil }

func (s *section) isList(key string) bool {
	return s.has(key) && s.nodes[key].Kind == yaml.SequenceNode
}
