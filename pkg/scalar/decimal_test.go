package scalar

import "testing"

// Decimals are read exactly and printed without what says nothing; odd texts are refused.
func TestParseDecimal(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1.50": "1.5", "-0.00": "0", "+7": "7", "1e3": "1000", "12E-2": "0.12", ".5": "0.5", "5.": "5", "007": "7",
		"99999999999999999999999999999999999.999999999999999999999999999999": "99999999999999999999999999999999999.999999999999999999999999999999",
		"1e34": "10000000000000000000000000000000000",
		"1e35": "", "1e-31": "", "1e9999": "", "1e99999": "", "-1e-9999": "",
		"": "", "-": "", ".": "", "e5": "", "1e": "", "1e5e5": "", "--1": "", "1/2": "", "0x10": "", "1_000": "", "NaN": "", "1,5": "", " 1": "",
	} {
		v, err := ParseDecimal(text)
		if v.Text != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v; want %q", text, v.Text, err, want)
		}
	}
}

// Days are those of the calendar, years 1 to 9999.
func TestParseDate(t *testing.T) {
	t.Parallel()
	for text, fine := range map[string]bool{
		"2020-02-29": true, "0001-01-01": true, "9999-12-31": true,
		"2021-02-29": false, "0000-01-01": false, "10000-01-01": false, "2020-1-1": false, "2020-01-01T00:00:00Z": false, "": false, "today": false,
	} {
		if _, err := ParseDate(text); (err == nil) != fine {
			t.Errorf("%q: %v", text, err)
		}
	}
}
