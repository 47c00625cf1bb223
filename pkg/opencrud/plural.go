package opencrud

import "strings"

// Plural returns the plural of a model's name, first letter upper case. It is
// never the name itself.
//
// The names are part of the API, so the rules are those of Prisma 1's inflector
// (evo-inflector 1.2 in anglicized mode), odd ones included: Todo gives Todoes.
func Plural(name string) string {
	plural := inflect(name)
	if plural == name {
		plural = name + "s"
		if strings.HasSuffix(name, "s") {
			plural = name + "es"
		}
	}
	return upperFirst(plural)
}

// An inflection replaces the last cut bytes of words with a suffix.
type inflection struct {
	suffixes string // separated by spaces, lower case
	cut      int
	add      string
}

// uncountable words have no plural of their own.
const uncountable = `fish ois sheep deer pox itis bison flounder pliers bream gallows proceedings breeches graffiti
	rabies britches headquarters salmon carp herpes scissors chassis high-jinks sea-bass clippers homework series cod
	innings shears contretemps jackanapes species corps mackerel swine debris measles trout diabetes mews tuna djinn
	mumps whiting eland news wildebeest elk pincers sugar`

// irregular words by suffix: the first letter keeps its case.
var irregular = [][2]string{
	{"child", "children"}, {"ephemeris", "ephemerides"}, {"mongoose", "mongoose"}, {"mythos", "mythoi"},
	{"soliloquy", "soliloquies"}, {"trilby", "trilbys"}, {"genus", "genera"}, {"quiz", "quizzes"}, {"beef", "beefs"},
	{"brother", "brothers"}, {"cow", "cows"}, {"genie", "genies"}, {"money", "moneys"}, {"octopus", "octopuses"},
	{"opus", "opuses"},
}

// inflections in the order in which they are tried.
var inflections = []inflection{
	{"human", 0, "s"},
	{"man", 3, "men"},
	{"louse mouse", 4, "ice"},
	{"tooth", 5, "teeth"},
	{"goose", 5, "geese"},
	{"foot", 4, "feet"},
	{"zoon", 4, "zoa"},
	{"cis sis xis", 2, "es"},
	{"codex murex silex", 2, "ices"},
	{"radix helix", 2, "ices"},
	{"bacterium agendum desideratum erratum stratum datum ovum extremum candelabrum", 2, "a"},
	{"criterion perihelion aphelion phenomenon prolegomenon noumenon organon asyndeton hyperbaton", 2, "a"},
	{"alumna alga vertebra persona", 0, "e"},
	{"alumnus alveolus bacillus bronchus locus nucleus stimulus meniscus thesaurus", 2, "i"},
	{"ch sh z x", 0, "es"},
	{`acropolis chaos lens aegis cosmos mantis alias dais marquis asbestos digitalis metropolis atlas epidermis pathos
		bathos ethos pelvis bias gas polis caddis glottis rhinoceros cannabis sassafras canvas ibis trellis iris clitoris
		apparatus impetus prospectus cantus nexus sinus coitus plexus status hiatus`, 0, "es"},
	{"us", 2, "uses"},
	{`anathema enema oedema bema enigma sarcoma carcinoma gumma schema charisma lemma soma diploma lymphoma stigma dogma
		magma stoma drama melisma trauma edema miasma`, 0, "s"},
	{"ss", 2, "sses"},
	{"alf elf olf", 1, "ves"},
	{"eaf", 1, "ves"}, // not after d, see applies
	{"arf", 1, "ves"},
	{"nife life wife", 2, "ves"},
	{"ay ey iy oy uy", 1, "ys"},
	{"y", 1, "ies"},
	{`solo soprano basso alto contralto tempo piano virtuoso albino archipelago armadillo commando crescendo fiasco ditto
		dynamo embryo ghetto guano inferno jumbo lumbago magneto manifesto medico octavo photo pro quarto canto lingo
		generalissimo stylo rhino casino auto macro zero`, 0, "s"},
	{"ao eo io oo uo", 1, "os"},
	{"o", 1, "oes"},
}

func inflect(name string) string {
	word := strings.ToLower(name)
	if endsWithAny(word, uncountable) {
		return name
	}
	for _, pair := range irregular {
		if strings.HasSuffix(word, pair[0]) {
			first := len(name) - len(pair[0])
			return name[:first+1] + pair[1][1:]
		}
	}
	for _, in := range inflections {
		if in.applies(word) {
			return name[:len(name)-in.cut] + in.add
		}
	}
	if i := strings.Index(word, "ulum"); i >= 0 {
		return name[:i] + "ula" + name[i+4:]
	}
	if strings.HasSuffix(word, "s") {
		return name[:len(name)-1] + "ses"
	}
	return name + "s"
}

func (in inflection) applies(word string) bool {
	if in.suffixes == "eaf" && (word == "eaf" || strings.HasSuffix(word, "deaf")) {
		return false
	}
	return endsWithAny(word, in.suffixes)
}

// endsWithAny tells whether word ends with one of the suffixes.
func endsWithAny(word, suffixes string) bool {
	for suffix := range strings.FieldsSeq(suffixes) {
		if strings.HasSuffix(word, suffix) {
			return true
		}
	}
	return false
}
