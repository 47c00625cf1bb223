package plan

import (
	"strings"
	"unicode"

	"github.com/prisma1-go/prisma1/pkg/fault"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// FullText holds where the texts of a model together have all Words, which are
// letters, marks and digits alone and at least one. It is never unknown (null).
type FullText struct {
	Model *schema.Model
	Words []string
}

func (FullText) filter() {}

// mostWords is how many words a search may have; each may be a condition of its own.
const mostWords = 100

// fullText reads a search for words. What has none, null among it, finds
// nothing. Returns fault.InvalidSearch.
func fullText(model *schema.Model, input graphql.Input) (Filter, error) {
	words := strings.FieldsFunc(input.Value.Text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	})
	if len(words) == 0 {
		return Or{}, nil
	}
	if len(words) > mostWords {
		return nil, fault.LongSearch(mostWords)
	}
	return FullText{Model: model, Words: words}, nil
}
