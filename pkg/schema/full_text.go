package schema

import "slices"

// FullTextFilter is the name of the filter by words.
const FullTextFilter = "fullText"

// FullTextColumns returns the columns whose words are searched, sorted: the
// order of fields means nothing there.
func (m *Model) FullTextColumns() []string {
	columns := make([]string, len(m.FullText))
	for i, f := range m.FullText {
		columns[i] = f.Column()
	}
	slices.Sort(columns)
	return columns
}
