package migration

// origins leads from names after a migration to names before it, as its steps tell.
type origins struct {
	models, enums, relations map[string]string
	fields                   map[string]map[string]string // by next model
}

func newOrigins(steps []Step) origins {
	o := origins{
		models: map[string]string{}, enums: map[string]string{}, relations: map[string]string{},
		fields: map[string]map[string]string{},
	}
	for _, step := range steps {
		switch s := step.(type) {
		case CreateModel:
			o.models[s.Model] = ""
		case UpdateModel:
			o.models[s.NewName] = s.Model
		case CreateField:
			o.setField(s.Model, s.Field, "")
		case UpdateField:
			o.setField(s.NewModel, s.Next(), s.Field)
		case CreateEnum:
			o.enums[s.Enum] = ""
		case UpdateEnum:
			o.enums[s.Next()] = s.Enum
		case CreateRelation:
			o.relations[s.Relation] = ""
		case UpdateRelation:
			o.relations[s.Next()] = s.Relation
		}
	}
	return o
}

func (o origins) setField(model, next, previous string) {
	if o.fields[model] == nil {
		o.fields[model] = map[string]string{}
	}
	o.fields[model][next] = previous
}

// The four answer the previous name, "" for what is new.
func (o origins) model(next string) string        { return origin(o.models, next) }
func (o origins) enum(next string) string         { return origin(o.enums, next) }
func (o origins) relation(next string) string     { return origin(o.relations, next) }
func (o origins) field(model, next string) string { return origin(o.fields[model], next) }

func origin(names map[string]string, next string) string {
	if name, ok := names[next]; ok {
		return name
	}
	return next
}
