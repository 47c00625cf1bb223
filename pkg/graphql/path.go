package graphql

// A Path leads from the root of an answer to the place that is being written.
type Path []pathStep

// A pathStep is a key, or without one a position in a list.
type pathStep struct {
	key   string
	index int
}

// Key goes to a field.
func (p *Path) Key(key string) { *p = append(*p, pathStep{key: key}) }

// Index goes to an element of a list.
func (p *Path) Index(i int) { *p = append(*p, pathStep{index: i}) }

// Back leaves the last place.
func (p *Path) Back() { *p = (*p)[:len(*p)-1] }

// Copy returns the path as errors have it: keys (string) and list positions (int).
func (p Path) Copy() []any {
	path := make([]any, len(p))
	for i, s := range p {
		if path[i] = s.key; s.key == "" {
			path[i] = s.index
		}
	}
	return path
}
