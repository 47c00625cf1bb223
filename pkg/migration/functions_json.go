package migration

import (
	"encoding/json"
	"fmt"

	"github.com/prisma1-go/prisma1/pkg/project"
)

type (
	functionJSON struct {
		Name     string       `json:"name"`
		IsActive bool         `json:"isActive"`
		Delivery deliveryJSON `json:"delivery"`
		Query    string       `json:"query"`
		Type     string       `json:"type"`
	}
	deliveryJSON struct {
		URL     string      `json:"url"`
		Headers [][2]string `json:"headers"`
		Type    string      `json:"type"`
	}
)

// MarshalFunctions returns the stored form of server-side subscriptions.
func MarshalFunctions(functions []project.Function) ([]byte, error) {
	stored := make([]functionJSON, len(functions))
	for i, f := range functions {
		delivery := deliveryJSON{URL: f.URL, Headers: [][2]string{}, Type: "webhook-delivery"}
		for _, h := range f.Headers {
			delivery.Headers = append(delivery.Headers, [2]string{h.Name, h.Value})
		}
		stored[i] = functionJSON{
			Name: f.Name, IsActive: true, Delivery: delivery, Query: f.Query, Type: "server-side-subscription",
		}
	}
	return marshal(stored)
}

// UnmarshalFunctions reads stored server-side subscriptions.
func UnmarshalFunctions(b []byte) ([]project.Function, error) {
	var stored []functionJSON
	if err := json.Unmarshal(b, &stored); err != nil {
		return nil, fmt.Errorf("read stored functions: %w", err)
	}
	var functions []project.Function
	for _, s := range stored {
		f := project.Function{Name: s.Name, Query: s.Query, URL: s.Delivery.URL}
		for _, h := range s.Delivery.Headers {
			f.Headers = append(f.Headers, project.Header{Name: h[0], Value: h[1]})
		}
		functions = append(functions, f)
	}
	return functions, nil
}
