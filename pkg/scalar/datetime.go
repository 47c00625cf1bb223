package scalar

import (
	"errors"
	"time"
	"unicode/utf8"
)

// ErrDateTime is what ParseDateTime returns for text that is no date.
var ErrDateTime = errors.New("not a date in ISO 8601 form")

// runeSize returns the length of the UTF-8 sequence at the start of s, 0 when there is none.
func runeSize(s string) int {
	r, size := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size <= 1 {
		return 0
	}
	return size
}

// AppendDateTime appends ms (since 1970, UTC) as Prisma 1 prints dates, without quotes: 2017-01-01T00:00:00.000Z.
func AppendDateTime(b []byte, ms int64) []byte {
	return time.UnixMilli(ms).UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z")
}

// ParseDateTime reads a date as joda-time's ISODateTimeFormat.dateTimeParser
// does: a year, month, day, ordinal day or week date, optionally a time with
// fraction and an offset. Without offset it is UTC; digits below the
// millisecond are cut. It returns ms since 1970.
func ParseDateTime(text string) (int64, error) {
	r := dateReader{s: text}
	date, ok := r.date()
	if !ok {
		return 0, ErrDateTime
	}
	var clock time.Duration
	if r.take('T') && !r.done() {
		if clock, ok = r.clock(); !ok {
			return 0, ErrDateTime
		}
	}
	offset, ok := r.offset()
	if !ok || !r.done() {
		return 0, ErrDateTime
	}
	return date.Add(clock - offset).UnixMilli(), nil
}

// farYear is the last one that joda-time counts in ms; the first one is hardly less far.
const farYear = 292_275_054

// dateReader walks through the text of a date.
type dateReader struct {
	s string
	i int
}

func (r *dateReader) done() bool { return r.i == len(r.s) }

func (r *dateReader) peek(c byte) bool { return r.i < len(r.s) && r.s[r.i] == c }

func (r *dateReader) take(c byte) bool {
	if r.peek(c) {
		r.i++
		return true
	}
	return false
}

// digits reads between least and most digits.
func (r *dateReader) digits(least, most int) (n, count int, ok bool) {
	for count < most && r.i < len(r.s) && r.s[r.i] >= '0' && r.s[r.i] <= '9' {
		n = n*10 + int(r.s[r.i]-'0')
		r.i++
		count++
	}
	return n, count, count >= least
}

func (r *dateReader) date() (time.Time, bool) {
	negative := r.take('-')
	if !negative {
		r.take('+')
	}
	year, _, ok := r.digits(1, 9)
	if !ok {
		// A time alone ("T10:20") counts from 1970.
		return time.Unix(0, 0).UTC(), !negative && r.peek('T')
	}
	if year > farYear {
		return time.Time{}, false
	}
	if negative {
		year = -year
	}
	first := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	if !r.peek('-') {
		return first, true
	}
	r.i++
	if r.take('W') {
		return r.week(year)
	}
	n, count, ok := r.digits(1, 3)
	if !ok {
		return first, false
	}
	if count == 3 {
		date := first.AddDate(0, 0, n-1)
		return date, n > 0 && date.Year() == year
	}
	day := 1
	if r.take('-') {
		if day, _, ok = r.digits(1, 2); !ok {
			return first, false
		}
	}
	date := time.Date(year, time.Month(n), day, 0, 0, 0, 0, time.UTC)
	return date, n >= 1 && n <= 12 && date.Day() == day && date.Month() == time.Month(n)
}

func (r *dateReader) week(year int) (time.Time, bool) {
	week, _, ok := r.digits(1, 2)
	if !ok || week < 1 || week > 53 {
		return time.Time{}, false
	}
	day := 1
	if r.take('-') {
		if day, _, ok = r.digits(1, 1); !ok || day < 1 || day > 7 {
			return time.Time{}, false
		}
	}
	jan4 := time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC)
	monday := jan4.AddDate(0, 0, -(int(jan4.Weekday())+6)%7)
	return monday.AddDate(0, 0, (week-1)*7+day-1), true
}

// clock reads HH[:mm[:ss]] where the last part may have a fraction.
func (r *dateReader) clock() (time.Duration, bool) {
	var total time.Duration
	limits := [...]struct {
		most int
		unit time.Duration
	}{{24, time.Hour}, {60, time.Minute}, {60, time.Second}}
	for i, limit := range limits {
		if i > 0 && !r.take(':') {
			break
		}
		n, _, ok := r.digits(1, 2)
		if !ok || n >= limit.most {
			return 0, false
		}
		total += time.Duration(n) * limit.unit
		if r.take('.') || r.take(',') {
			fraction, ok := r.fraction(limit.unit)
			return total + fraction, ok
		}
	}
	return total, true
}

// fraction reads the digits behind the point of a unit.
func (r *dateReader) fraction(unit time.Duration) (time.Duration, bool) {
	var total time.Duration
	start := r.i
	for r.i < len(r.s) && r.s[r.i] >= '0' && r.s[r.i] <= '9' {
		unit /= 10
		total += time.Duration(r.s[r.i]-'0') * unit
		r.i++
	}
	return total.Truncate(time.Millisecond), r.i > start
}

// offset reads Z, +hh, +hhmm or +hh:mm; nothing is UTC.
func (r *dateReader) offset() (time.Duration, bool) {
	if r.done() || r.take('Z') {
		return 0, true
	}
	sign := time.Duration(1)
	if r.take('-') {
		sign = -1
	} else if !r.take('+') {
		return 0, false
	}
	hours, count, _ := r.digits(2, 2)
	if count != 2 || hours > 23 {
		return 0, false
	}
	total := time.Duration(hours) * time.Hour
	if r.take(':') || !r.done() {
		minutes, count, _ := r.digits(2, 2)
		if count != 2 || minutes > 59 {
			return 0, false
		}
		total += time.Duration(minutes) * time.Minute
	}
	return sign * total, true
}
