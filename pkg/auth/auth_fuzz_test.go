package auth

import (
	"testing"
	"time"
)

// FuzzVerifyManagement looks for a header that gets in without being signed by us.
func FuzzVerifyManagement(f *testing.F) {
	good, err := SignManagement(SecretSigner("another-secret"), nil, time.Hour)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", "Bearer ", "Bearer " + good, "..", "e30.e30.", "bnVsbA.bnVsbA.bnVsbA", `eyJhbGciOiJub25lIn0.e30.`} {
		f.Add(seed)
	}
	_, public, err := NewPair(Ed25519)
	if err != nil {
		f.Fatal(err)
	}
	keys, err := ParsePublicKeys(string(public))
	if err != nil {
		f.Fatal(err)
	}
	verifiers := append(keys, ours...)
	f.Fuzz(func(t *testing.T, authorization string) {
		if new(Cache).VerifyManagement(verifiers, authorization, "deploy", "shop", "dev") == nil {
			t.Errorf("%q got in", authorization)
		}
		if new(Cache).VerifyService([]string{secret}, authorization) == nil {
			t.Errorf("%q got in to a service", authorization)
		}
	})
}

// FuzzKeys looks for a text that makes the parsers fail in another way than with an error.
func FuzzKeys(f *testing.F) {
	private, public, err := NewPair(EC)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(private))
	f.Add(string(public))
	f.Add("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----")
	f.Fuzz(func(t *testing.T, text string) {
		if keys, err := ParsePublicKeys(text); err == nil && len(keys) == 0 {
			t.Error("no key and no error")
		}
		if signer, err := ParsePrivateKey(text); (err == nil) != (signer.Algorithm() != "") {
			t.Errorf("algorithm %q and error %v", signer.Algorithm(), err)
		}
	})
}
