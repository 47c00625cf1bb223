package scalar

import (
	"errors"
	"time"
)

// ParseDate reads a day of the years 1 to 9999: 2020-02-29.
func ParseDate(text string) (Value, error) {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Year() < 1 {
		return Value{}, errors.New("a Date is written as 2020-02-29")
	}
	return Value{Type: Date, Text: text}, nil
}

// OfDate returns the day of a time.
func OfDate(day time.Time) Value { return Value{Type: Date, Text: day.Format(time.DateOnly)} }
