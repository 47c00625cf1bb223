package auth

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// TestCacheIsAsStrict: a cache judges every token as a new one does, the
// first time and again, from an hour before it counts until an hour after it.
func TestCacheIsAsStrict(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		tokens := map[string]string{"none": "", "no token": "undefined"}
		for name, claims := range map[string]jwt.MapClaims{
			"for ever":      {},
			"expires":       {"exp": now.Add(2 * time.Hour).Unix()},
			"begins":        {"nbf": now.Add(time.Hour).Unix()},
			"begins, ends":  {"nbf": now.Add(time.Hour).Unix(), "exp": now.Add(2 * time.Hour).Unix()},
			"with a half":   {"exp": float64(now.Unix()) + 5400.5},
			"exp is a text": {"exp": "soon"},
		} {
			for _, secret := range []string{"one", "two"} {
				token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(secret))
				if err != nil {
					t.Fatal(err)
				}
				tokens[name+" of "+secret] = "Bearer " + token
			}
		}
		var cache Cache
		sets := [][]string{nil, {"one"}, {"two"}, {"two", "one"}, {"onetwo"}}
		steps := []time.Duration{0, time.Hour - skew - time.Second, time.Second, time.Second, skew, time.Hour - time.Second, skew - 1, 1, 1, time.Hour}
		for step, pause := range steps {
			time.Sleep(pause)
			for name, authorization := range tokens {
				for _, secrets := range sets {
					want := new(Cache).VerifyService(secrets, authorization)
					for range 2 {
						if got := cache.VerifyService(secrets, authorization); fmt.Sprint(got) != fmt.Sprint(want) {
							t.Errorf("step %d, token %s, secrets %q: got %v, want %v", step, name, secrets, got, want)
						}
					}
				}
			}
		}
	})
}

// TestCacheOfManagementIsAsStrict: the same for management tokens and what they grant.
func TestCacheOfManagementIsAsStrict(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		verifiers := []Verifier{SecretVerifier("older"), SecretVerifier("secret")}
		shop := []Grant{{Target: "shop/*", Action: "deploy"}}
		tokens := []string{"", "Bearer undefined"}
		for _, claims := range []jwt.MapClaims{
			{"grants": everything, "exp": now.Add(2 * time.Hour).Unix()},
			{"grants": shop, "nbf": now.Add(time.Hour).Unix(), "exp": now.Add(2 * time.Hour).Unix()},
			{"grants": shop},
			{"grants": []Grant{{Target: "shop", Action: "*"}}, "exp": now.Add(2 * time.Hour).Unix()},
			{"exp": now.Add(2 * time.Hour).Unix()},
		} {
			for _, secret := range []string{"secret", "older", "wrong"} {
				token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(secret))
				if err != nil {
					t.Fatal(err)
				}
				tokens = append(tokens, token, "Bearer "+token)
			}
		}
		var cache Cache
		calls := [][3]string{{"deploy", "shop", "dev"}, {"deploy", "blog", "dev"}, {"deleteProject", "shop", "dev"}, {"listProjects", "", ""}}
		for _, pause := range []time.Duration{0, time.Hour - skew - time.Second, time.Second, skew, time.Hour - time.Second, skew, 1, time.Hour} {
			time.Sleep(pause)
			for i, token := range tokens {
				for _, c := range calls {
					want := new(Cache).VerifyManagement(verifiers, token, c[0], c[1], c[2])
					for range 2 {
						if got := cache.VerifyManagement(verifiers, token, c[0], c[1], c[2]); fmt.Sprint(got) != fmt.Sprint(want) {
							t.Errorf("after %s, token %d, %v: got %v, want %v", time.Since(now), i, c, got, want)
						}
					}
				}
			}
		}
		if len(cache.seen) > len(tokens) {
			t.Errorf("%d tokens are remembered", len(cache.seen))
		}
	})
}

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	var cache Cache
	secrets := []string{"secret"}
	token, err := SignService("secret", "shop", "dev", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for i := range mostTokens + 10 {
		cache.remember(hashOf(secrets, fmt.Sprint(i)), content{})
	}
	for i := range 10 {
		if cache.VerifyService(secrets, token+fmt.Sprint(i)) == nil {
			t.Error("a wrong token counts")
		}
	}
	err = cache.VerifyService(secrets, token)
	if _, known := cache.recall(hashOf(secrets, token)); err != nil || len(cache.seen) != mostTokens || !known {
		t.Errorf("%v, %d tokens are remembered", err, len(cache.seen))
	}
}

func BenchmarkVerifyService(b *testing.B) {
	secrets := []string{"older-secret", "secret"}
	token, err := SignService("secret", "shop", "dev", time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	var cache Cache
	anew := func(secrets []string, authorization string) error {
		return new(Cache).VerifyService(secrets, authorization)
	}
	for name, verify := range map[string]func([]string, string) error{"new": anew, "seen": cache.VerifyService} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := verify(secrets, "Bearer "+token); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
