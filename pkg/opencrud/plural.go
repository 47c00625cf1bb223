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
	suffixes []string // lower case
	cut      int
	add      string
}

// uncountable words have no plural of their own.
var uncountable = strings.Fields(`fish ois sheep deer pox itis bison flounder pliers bream gallows proceedings breeches graffiti
	rabies britches headquarters salmon carp herpes scissors chassis high-jinks sea-bass clippers homework series cod
	innings shears contretemps jackanapes species corps mackerel swine debris measles trout diabetes mews tuna djinn
	mumps whiting eland news wildebeest elk pincers sugar`)

// irregular words by suffix: the first letter keeps its case.
var irregular = [][2]string{
	{"child", "children"}, {"ephemeris", "ephemerides"}, {"mongoose", "mongoose"}, {"mythos", "mythoi"},
	{"soliloquy", "soliloquies"}, {"trilby", "trilbys"}, {"genus", "genera"}, {"quiz", "quizzes"}, {"beef", "beefs"},
	{"brother", "brothers"}, {"cow", "cows"}, {"genie", "genies"}, {"money", "moneys"}, {"octopus", "octopuses"},
	{"opus", "opuses"},
}

// inflections in the order in which they are tried.
var inflections = []inflection{
	{strings.Fields("human"), 0, "s"},
	{strings.Fields("man"), 3, "men"},
	{strings.Fields("louse mouse"), 4, "ice"},
	{strings.Fields("tooth"), 5, "teeth"},
	{strings.Fields("goose"), 5, "geese"},
	{strings.Fields("foot"), 4, "feet"},
	{strings.Fields("zoon"), 4, "zoa"},
	{strings.Fields("cis sis xis"), 2, "es"},
	{strings.Fields("codex murex silex"), 2, "ices"},
	{strings.Fields("radix helix"), 2, "ices"},
	{strings.Fields("bacterium agendum desideratum erratum stratum datum ovum extremum candelabrum"), 2, "a"},
	{strings.Fields("criterion perihelion aphelion phenomenon prolegomenon noumenon organon asyndeton hyperbaton"), 2, "a"},
	{strings.Fields("alumna alga vertebra persona"), 0, "e"},
	{strings.Fields("alumnus alveolus bacillus bronchus locus nucleus stimulus meniscus thesaurus"), 2, "i"},
	{strings.Fields("ch sh z x"), 0, "es"},
	{strings.Fields(`acropolis chaos lens aegis cosmos mantis alias dais marquis asbestos digitalis metropolis atlas epidermis pathos
		bathos ethos pelvis bias gas polis caddis glottis rhinoceros cannabis sassafras canvas ibis trellis iris clitoris
		apparatus impetus prospectus cantus nexus sinus coitus plexus status hiatus`), 0, "es"},
	{strings.Fields("us"), 2, "uses"},
	{strings.Fields(`anathema enema oedema bema enigma sarcoma carcinoma gumma schema charisma lemma soma diploma lymphoma stigma dogma
		magma stoma drama melisma trauma edema miasma`), 0, "s"},
	{strings.Fields("ss"), 2, "sses"},
	{strings.Fields("alf elf olf"), 1, "ves"},
	{strings.Fields("eaf"), 1, "ves"}, // not after d, see applies
	{strings.Fields("arf"), 1, "ves"},
	{strings.Fields("nife life wife"), 2, "ves"},
	{strings.Fields("ay ey iy oy uy"), 1, "ys"},
	{strings.Fields("y"), 1, "ies"},
	{strings.Fields(`solo soprano basso alto contralto tempo piano virtuoso albino archipelago armadillo commando crescendo fiasco ditto
		dynamo embryo ghetto guano inferno jumbo lumbago magneto manifesto medico octavo photo pro quarto canto lingo
		generalissimo stylo rhino casino auto macro zero`), 0, "s"},
	{strings.Fields("ao eo io oo uo"), 1, "os"},
	{strings.Fields("o"), 1, "oes"},
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
	if in.suffixes[0] == "eaf" && (word == "eaf" || strings.HasSuffix(word, "deaf")) {
		return false
	}
	return endsWithAny(word, in.suffixes)
}

// endsWithAny tells whether word ends with one of the suffixes.
func endsWithAny(word string, suffixes []string) bool {
	for _, suffix := range suffixes {
		if strings.HasSuffix(word, suffix) {
			return true
		}
	}
	return false
}
