package metrics

import (
	"strconv"
	"strings"
	"time"
)

// ContentType is that of a Text.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// A Kind is how the samples of a family are meant.
type Kind string

// The kinds of families.
const (
	Counter   Kind = "counter"
	Gauge     Kind = "gauge"
	histogram Kind = "histogram"
)

// Text is what a scrape answers: families of samples, one a line.
type Text struct {
	b    []byte
	name string // of the family that was begun
}

// Bytes returns the text.
func (t *Text) Bytes() []byte { return t.b }

// Family begins a family. help is one line.
func (t *Text) Family(name string, kind Kind, help string) {
	t.name = name
	t.b = append(t.b, "# HELP "+name+" "+help+"\n# TYPE "+name+" "+string(kind)+"\n"...)
}

// Sample adds a value to the family; labels are names and values by turns.
func (t *Text) Sample(value float64, labels ...string) { t.sample("", value, labels) }

// One adds a family of one value without labels.
func (t *Text) One(name string, kind Kind, help string, value float64) {
	t.Family(name, kind, help)
	t.Sample(value)
}

// Histograms begins a family whose members Histogram adds.
func (t *Text) Histograms(name, help string) { t.Family(name, histogram, help) }

// Histogram adds one with its labels to the family.
func (t *Text) Histogram(h *Histogram, labels ...string) {
	labels = append(labels[:len(labels):len(labels)], "le", "")
	var count int64
	for i := range h.counts {
		count += h.counts[i].Load()
		labels[len(labels)-1] = "+Inf"
		if i < len(bounds) {
			labels[len(labels)-1] = number(bounds[i].Seconds())
		}
		t.sample("_bucket", float64(count), labels)
	}
	labels = labels[:len(labels)-2]
	t.sample("_sum", time.Duration(h.sum.Load()).Seconds(), labels)
	t.sample("_count", float64(count), labels)
}

func (t *Text) sample(suffix string, value float64, labels []string) {
	t.b = append(append(t.b, t.name...), suffix...)
	for i := 0; i+1 < len(labels); i += 2 {
		before := byte(',')
		if i == 0 {
			before = '{'
		}
		t.b = append(append(append(t.b, before), labels[i]...), `="`...)
		t.b = append(append(t.b, escaped.Replace(labels[i+1])...), '"')
	}
	if len(labels) > 0 {
		t.b = append(t.b, '}')
	}
	t.b = append(append(append(t.b, ' '), number(value)...), '\n')
}

var escaped = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func number(value float64) string { return strconv.FormatFloat(value, 'g', -1, 64) }
