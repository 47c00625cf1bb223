package schema

import (
	"slices"
	"strings"
)

// A Feature is a part of the data API that Prisma 1 did not have. A service
// has those that its prisma.yml names; without any its API is Prisma 1's.
type Feature string

// The features. The texts are those of prisma.yml and of stored schemas.
const (
	CreateMany      Feature = "createMany"      // mutations that create several nodes at once
	Aggregate       Feature = "aggregate"       // sum, avg, min and max beside count
	GroupBy         Feature = "groupBy"         // groups of a connection's nodes
	CaseInsensitive Feature = "caseInsensitive" // filters of texts that do not tell A from a
	CompoundUnique  Feature = "compoundUnique"  // @unique of a type, over several fields
	JSONFilters     Feature = "jsonFilters"     // filters on what Json fields hold at a path
	Scalars         Feature = "scalars"         // Long, Decimal and Date
	FullText        Feature = "fullText"        // @fullText of a type, and a filter by the words in its texts
	Sort            Feature = "sort"            // lists in the order of several fields, also of related nodes
)

// Features returns all features there are.
func Features() []Feature {
	return []Feature{CreateMany, Aggregate, GroupBy, Sort, CaseInsensitive, CompoundUnique, JSONFilters, FullText, Scalars}
}

// ParseFeatures returns the features with some names, each once and in the
// order of Features, and the names that are none.
func ParseFeatures(names []string) (known []Feature, unknown []string) {
	for _, f := range Features() {
		if slices.Contains(names, string(f)) {
			known = append(known, f)
		}
	}
	for _, name := range names {
		if !slices.Contains(known, Feature(name)) {
			unknown = append(unknown, name)
		}
	}
	return known, unknown
}

// UnknownFeature is the sentence for a name that is no feature.
func UnknownFeature(name string) string {
	var known []string
	for _, f := range Features() {
		known = append(known, string(f))
	}
	return "There is no feature `" + name + "`, which `features` in prisma.yml names. Known features are: " + strings.Join(known, ", ") + "."
}

// Has tells whether the service has a feature.
func (s *Schema) Has(f Feature) bool { return slices.Contains(s.Features, f) }
