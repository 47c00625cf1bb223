package scalar

import (
	"errors"
	"math/big"
	"strings"
)

// Most digits of a Decimal before and behind its point: what a column holds.
const (
	wholeDigits    = 35
	fractionDigits = 30
)

var (
	errNoDecimal   = errors.New("it is no decimal number")
	errLongDecimal = errors.New("a Decimal has at most 35 digits before its point and 30 behind it")
)

// ParseDecimal reads a decimal number, perhaps with an exponent, exactly.
func ParseDecimal(text string) (Value, error) {
	if text == "" || len(text) > 100 || strings.Trim(text, "+-.0123456789eE") != "" {
		return Value{}, errNoDecimal
	}
	if mantissa, exponent, ok := strings.Cut(strings.ToLower(text), "e"); ok && (mantissa == "" || len(exponent) > 4) {
		return Value{}, errNoDecimal
	}
	number, ok := new(big.Rat).SetString(text)
	if !ok {
		return Value{}, errNoDecimal
	}
	plain := number.FloatString(fractionDigits)
	whole, _, _ := strings.Cut(strings.TrimPrefix(plain, "-"), ".")
	again, _ := new(big.Rat).SetString(plain)
	if again.Cmp(number) != 0 || len(whole) > wholeDigits {
		return Value{}, errLongDecimal
	}
	return OfDecimal(plain), nil
}

// OfDecimal returns the value of a plain decimal text, as a database prints it.
func OfDecimal(text string) Value {
	return Value{Type: Decimal, Text: string(AppendDecimal(nil, text))}
}
