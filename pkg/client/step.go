package client

import "encoding/json"

// A Step is one logical change of a migration. Which fields are filled depends
// on Type; a nil pointer in an Update step means that this did not change.
type Step struct {
	Type       string         // "CreateModel", "UpdateField" …
	Model      string         // of a field step
	Name       string         // of the model, enum, field or relation
	NewName    string         // "" when the name stays
	Values     []string       // of an enum
	TypeName   string         // of a field: scalar, "Enum" or related model
	IsRequired *bool          // of a field
	IsList     *bool          // of a field
	IsUnique   *bool          // of a field
	Enum       string         // of a field
	Relation   string         // of a field
	Default    string         // of a field
	LeftModel  string         // of a created relation
	RightModel string         // of a created relation
	Before     *Manifestation // of an updated relation
	After      *Manifestation // of a created or updated relation
	Message    string         // of UpdateSecrets
}

// A Manifestation is how a relation lies in the database.
type Manifestation struct {
	Type         string `json:"type"` // "Inline" or "LinkTable"
	Model        string `json:"model,omitempty"`
	Column       string `json:"column,omitempty"`
	Table        string `json:"table,omitempty"`
	ModelAColumn string `json:"modelAColumn,omitempty"`
	ModelBColumn string `json:"modelBColumn,omitempty"`
	IDColumn     string `json:"idColumn,omitempty"`
}

// UnmarshalJSON reads a step as stepFragments asks for it.
func (s *Step) UnmarshalJSON(data []byte) error {
	var w struct {
		Type, Model, Name, NewName, Message string
		Values                              []string
		CreatedValues                       []string `json:"ce_values"`
		TypeName, Enum, Relation, Default   string
		IsRequired, IsList, IsUnique        *bool
		CreatedTypeName                     string `json:"cf_typeName"`
		CreatedRequired                     *bool  `json:"cf_isRequired"`
		CreatedList                         *bool  `json:"cf_isList"`
		CreatedUnique                       *bool  `json:"cf_isUnique"`
		LeftModel, RightModel               string
		Before, After                       *Manifestation
		UpdatedModel                        string `json:"um_newName"`
	}
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	*s = Step{
		Type: w.Type, Model: w.Model, Name: w.Name, NewName: w.NewName + w.UpdatedModel, Message: w.Message,
		Values: append(w.Values, w.CreatedValues...), TypeName: w.TypeName + w.CreatedTypeName,
		IsRequired: either(w.IsRequired, w.CreatedRequired), IsList: either(w.IsList, w.CreatedList),
		IsUnique: either(w.IsUnique, w.CreatedUnique), Enum: w.Enum, Relation: w.Relation, Default: w.Default,
		LeftModel: w.LeftModel, RightModel: w.RightModel, Before: w.Before, After: w.After,
	}
	return nil
}

// either returns the one of two answers that was given.
func either(a, b *bool) *bool {
	if a != nil {
		return a
	}
	return b
}

// stepFragments selects everything of a step. Fields that differ in nullability
// between two step types need an alias.
const stepFragments = `fragment Step on MigrationStep {
  type
  ... on CreateModel { name }
  ... on DeleteModel { name }
  ... on UpdateModel { name um_newName: newName }
  ... on CreateEnum { name ce_values: values }
  ... on DeleteEnum { name }
  ... on UpdateEnum { name newName values }
  ... on CreateField { model name cf_typeName: typeName cf_isRequired: isRequired cf_isList: isList cf_isUnique: unique enum relation default }
  ... on UpdateField { model name newName typeName isRequired isList isUnique: unique enum relation default }
  ... on DeleteField { model name }
  ... on CreateRelation { name leftModel rightModel after { ...Manifestation } }
  ... on UpdateRelation { name newName before { ...Manifestation } after { ...Manifestation } }
  ... on DeleteRelation { name }
  ... on UpdateSecrets { message }
}
fragment Manifestation on RelationManifestation {
  type
  ... on Inline { model column }
  ... on LinkTable { table modelAColumn modelBColumn idColumn }
}
`
