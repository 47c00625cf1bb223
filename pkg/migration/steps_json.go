package migration

import (
	"cmp"
	"encoding/json"
	"fmt"
)

// stepJSON is the stored form of every step when it is read (MigrationStepsJsonFormatter.scala).
type stepJSON struct {
	Model         string   `json:"model"`
	NewModel      string   `json:"newModel"`
	Name          string   `json:"name"`
	NewName       string   `json:"newName"`
	Secrets       []string `json:"secrets"`
	Discriminator string   `json:"discriminator"`
}

// The stored forms when they are written: keys in Prisma 1's order.
type (
	namedStep struct {
		Name          string `json:"name"`
		NewName       string `json:"newName,omitempty"`
		Discriminator string `json:"discriminator"`
	}
	fieldStep struct {
		Model         string `json:"model"`
		Name          string `json:"name"`
		Discriminator string `json:"discriminator"`
	}
	updateFieldStep struct {
		Model         string  `json:"model"`
		NewModel      string  `json:"newModel"`
		Name          string  `json:"name"`
		NewName       *string `json:"newName"` // null when the name stays
		Discriminator string  `json:"discriminator"`
	}
	secretsStep struct {
		Secrets       []string `json:"secrets"`
		Discriminator string   `json:"discriminator"`
	}
)

// MarshalSteps returns the stored form of steps.
func MarshalSteps(steps []Step) ([]byte, error) {
	stored := make([]any, len(steps))
	for i, step := range steps {
		var err error
		if stored[i], err = storeStep(step); err != nil {
			return nil, err
		}
	}
	return marshal(stored)
}

func storeStep(step Step) (any, error) {
	switch s := step.(type) {
	case CreateModel:
		return namedStep{Name: s.Model, Discriminator: "CreateModel"}, nil
	case DeleteModel:
		return namedStep{Name: s.Model, Discriminator: "DeleteModel"}, nil
	case UpdateModel:
		return namedStep{s.Model, s.NewName, "UpdateModel"}, nil
	case CreateField:
		return fieldStep{s.Model, s.Field, "CreateField"}, nil
	case DeleteField:
		return fieldStep{s.Model, s.Field, "DeleteField"}, nil
	case UpdateField:
		return updateFieldStep{s.Model, s.NewModel, s.Field, text(s.NewName), "UpdateField"}, nil
	case CreateEnum:
		return namedStep{Name: s.Enum, Discriminator: "CreateEnum"}, nil
	case DeleteEnum:
		return namedStep{Name: s.Enum, Discriminator: "DeleteEnum"}, nil
	case UpdateEnum:
		return namedStep{s.Enum, s.NewName, "UpdateEnum"}, nil
	case CreateRelation:
		return namedStep{Name: s.Relation, Discriminator: "CreateRelation"}, nil
	case DeleteRelation:
		return namedStep{Name: s.Relation, Discriminator: "DeleteRelation"}, nil
	case UpdateRelation:
		return namedStep{s.Relation, s.NewName, "UpdateRelation"}, nil
	case UpdateSecrets:
		return secretsStep{append([]string{}, s.Secrets...), "UpdateSecrets"}, nil
	}
	return nil, fmt.Errorf("store step %T", step)
}

// UnmarshalSteps reads stored steps. What old servers stored besides is passed over.
func UnmarshalSteps(b []byte) ([]Step, error) {
	var stored []stepJSON
	if err := json.Unmarshal(b, &stored); err != nil {
		return nil, fmt.Errorf("read stored steps: %w", err)
	}
	steps := make([]Step, len(stored))
	for i, s := range stored {
		var err error
		if steps[i], err = s.step(); err != nil {
			return nil, err
		}
	}
	return steps, nil
}

func (s stepJSON) step() (Step, error) {
	switch s.Discriminator {
	case "CreateModel":
		return CreateModel{s.Name}, nil
	case "DeleteModel":
		return DeleteModel{s.Name}, nil
	case "UpdateModel":
		return UpdateModel{s.Name, cmp.Or(s.NewName, s.Name)}, nil
	case "CreateField":
		return CreateField{s.Model, s.Name}, nil
	case "DeleteField":
		return DeleteField{s.Model, s.Name}, nil
	case "UpdateField":
		return UpdateField{Model: s.Model, Field: s.Name, NewModel: cmp.Or(s.NewModel, s.Model), NewName: s.NewName}, nil
	case "CreateEnum":
		return CreateEnum{s.Name}, nil
	case "DeleteEnum":
		return DeleteEnum{s.Name}, nil
	case "UpdateEnum":
		return UpdateEnum{s.Name, s.NewName}, nil
	case "CreateRelation":
		return CreateRelation{s.Name}, nil
	case "DeleteRelation":
		return DeleteRelation{s.Name}, nil
	case "UpdateRelation":
		return UpdateRelation{s.Name, s.NewName}, nil
	case "UpdateSecrets":
		return UpdateSecrets{s.Secrets}, nil
	}
	return nil, fmt.Errorf("read stored step: no kind %q", s.Discriminator)
}
