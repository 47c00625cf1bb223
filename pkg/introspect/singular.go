package introspect

import (
	"regexp"
	"slices"
	"strings"
)

// uncountable are words that are their own singular.
var uncountable = strings.Fields(`adulthood advice agenda aid aircraft alcohol ammo analytics anime athletics audio bison blood
bream buffalo butter carp cash chassis chess clothing cod commerce cooperation corps debris diabetes digestion elk energy
equipment excretion expertise firmware flounder fun gallows garbage graffiti hardware headquarters health herpes highjinks
homework housework information jeans justice kudos labour literature machinery mackerel mail media mews moose music mud manga
news only personnel pike plankton pliers police pollution premises rain research rice salmon scissors series sewage shambles
shrimp software species staff swine tennis traffic transportation trout tuna wealth welfare whiting wildebeest wildlife you`)

// irregular are plurals that follow no rule.
var irregular = map[string]string{
	"echoes": "echo", "dingoes": "dingo", "volcanoes": "volcano", "tornadoes": "tornado", "torpedoes": "torpedo",
	"genera": "genus", "viscera": "viscus", "stigmata": "stigma", "stomata": "stoma", "dogmata": "dogma",
	"lemmata": "lemma", "schemata": "schema", "anathemata": "anathema", "oxen": "ox", "axes": "axe", "dice": "die",
	"yeses": "yes", "feet": "foot", "eaves": "eave", "geese": "goose", "teeth": "tooth", "quizzes": "quiz",
	"humans": "human", "proofs": "proof", "carves": "carve", "valves": "valve", "looies": "looey", "thieves": "thief",
	"grooves": "groove", "pickaxes": "pickaxe", "passersby": "passerby", "these": "this", "those": "that",
}

// singularRules are tried from the last to the first.
var singularRules = []struct {
	plural   *regexp.Regexp
	singular string
}{
	{regexp.MustCompile(`(?i)s$`), ""},
	{regexp.MustCompile(`(?i)(ss)$`), "$1"},
	{regexp.MustCompile(`(?i)(wi|kni|(?:after|half|high|low|mid|non|night|[^\w]|^)li)ves$`), "${1}fe"},
	{regexp.MustCompile(`(?i)(ar|(?:wo|[ae])l|[eo][ao])ves$`), "${1}f"},
	{regexp.MustCompile(`(?i)ies$`), "y"},
	{regexp.MustCompile(`(?i)\b([pl]|zomb|(?:neck|cross)?t|coll|faer|food|gen|goon|group|lass|talk|goal|cut)ies$`), "${1}ie"},
	{regexp.MustCompile(`(?i)\b(mon|smil)ies$`), "${1}ey"},
	{regexp.MustCompile(`(?i)\b((?:tit)?m|l)ice$`), "${1}ouse"},
	{regexp.MustCompile(`(?i)(seraph|cherub)im$`), "$1"},
	{regexp.MustCompile(`(?i)(x|ch|ss|sh|zz|tto|go|cho|alias|[^aou]us|t[lm]as|gas|(?:her|at|gr)o|[aeiou]ris)(?:es)?$`), "$1"},
	{regexp.MustCompile(`(?i)(analy|diagno|parenthe|progno|synop|the|empha|cri|ne)(?:sis|ses)$`), "${1}sis"},
	{regexp.MustCompile(`(?i)(movie|twelve|abuse|e[mn]u)s$`), "$1"},
	{regexp.MustCompile(`(?i)(test)(?:is|es)$`), "${1}is"},
	{regexp.MustCompile(`(?i)(alumn|syllab|vir|radi|nucle|fung|cact|stimul|termin|bacill|foc|uter|loc|strat)(?:us|i)$`), "${1}us"},
	{regexp.MustCompile(`(?i)(agend|addend|millenni|dat|extrem|bacteri|desiderat|strat|candelabr|errat|ov|symposi|curricul|quor)a$`), "${1}um"},
	{regexp.MustCompile(`(?i)(apheli|hyperbat|periheli|asyndet|noumen|phenomen|criteri|organ|prolegomen|hedr|automat)a$`), "${1}on"},
	{regexp.MustCompile(`(?i)(alumn|alg|vertebr)ae$`), "${1}a"},
	{regexp.MustCompile(`(?i)(cod|mur|sil|vert|ind)ices$`), "${1}ex"},
	{regexp.MustCompile(`(?i)(matr|append)ices$`), "${1}ix"},
	{regexp.MustCompile(`(?i)(pe)(?:rson|ople)$`), "${1}rson"},
	{regexp.MustCompile(`(?i)(child)ren$`), "$1"},
	{regexp.MustCompile(`(?i)(eau)x?$`), "$1"},
	{regexp.MustCompile(`(?i)men$`), "man"},
}

var unchanging = regexp.MustCompile(`(?i)(pok[eé]mon|[^aeiou]ese|deer|fish|measles|o[iu]s|pox|sheep)$`)

// singular returns the singular of an English word by the rules of the library
// that Prisma 1 uses, npm's pluralize 7.
func singular(word string) string {
	lower := strings.ToLower(word)
	if one, ok := irregular[lower]; ok {
		return word[:min(1, len(word))] + one[1:]
	}
	if slices.Contains(uncountable, lower) || unchanging.MatchString(word) {
		return word
	}
	for _, rule := range slices.Backward(singularRules) {
		if rule.plural.MatchString(word) {
			return rule.plural.ReplaceAllString(word, rule.singular)
		}
	}
	return word
}
