package connectortest

import (
	"testing"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/project"
)

// rawValues are expressions of each database with what executeRaw prints of them.
var rawValues = map[string][][2]string{
	"sqlite": {
		{`1`, `1`}, {`9223372036854775807`, `9223372036854775807`}, {`1.50`, `1.5`}, {`9e999`, `null`}, {`NULL`, `null`},
		{`'é "x"'`, `"é \"x\""`}, {`x'61'`, `"a"`}, {`CURRENT_DATE > '2020'`, `1`},
	},
	"mysql": {
		{`1`, `1`}, {`1.50`, `1.5`}, {`1e3`, `1000`}, {`NULL`, `null`}, {`TRUE`, `1`}, {`'é "x"'`, `"é \"x\""`},
		{`18446744073709551615`, `"18446744073709551615"`}, {`CAST(1.25 AS DECIMAL(9,4))`, `1.25`},
		{`CAST('2019-01-01' AS DATE)`, `"2019-01-01"`}, {`CAST('10:11:12' AS TIME)`, `"10:11:12"`},
		{`CAST('2019-01-01 10:11:12' AS DATETIME)`, `"2019-01-01 10:11:12.0"`},
		{`CAST('2019-01-01 10:11:12.345678' AS DATETIME(6))`, `"2019-01-01 10:11:12.345678"`},
	},
	"postgres": {
		{`1::smallint`, `1`}, {`2::bigint`, `2`}, {`1.50::numeric(9,4)`, `1.5`}, {`2.5::real`, `2.5`}, {`1e20::float8`, `100000000000000000000`},
		{`'NaN'::float8`, `null`}, {`'-Infinity'::real`, `null`}, {`'NaN'::numeric`, `null`}, {`NULL`, `null`}, {`1 = 1`, `true`},
		{`5::oid`, `5`}, {`'x'::char(3)`, `"x  "`}, {`'x'::name`, `"x"`}, {`'c'::"char"`, `"c"`}, {`'é "x"'`, `"é \"x\""`},
		{`'2019-01-01'::date`, `"2019-01-01"`}, {`'infinity'::date`, `"infinity"`}, {`'2019-01-01'::timestamp`, `"2019-01-01 00:00:00.0"`},
		{`'2019-01-01 01:02:03.456789'::timestamp`, `"2019-01-01 01:02:03.456789"`}, {`'-infinity'::timestamp`, `"-infinity"`},
		{`'2019-01-01 00:00:00+02'::timestamptz`, `"2018-12-31 22:00:00.0"`}, {`'10:11:12'::time`, `"10:11:12"`}, {`'10:11+02'::timetz`, `"10:11:00+02"`},
		{`'1 day'::interval`, `"1 day"`}, {`'\x01ff'::bytea`, `"\\x01ff"`}, {`B'101'`, `"101"`}, {`'1.2.3.4'::inet`, `"1.2.3.4"`},
		{`'6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid`, `"6ba7b810-9dad-11d1-80b4-00c04fd430c8"`},
		{`'{"a": 1}'::json`, `"{\"a\": 1}"`}, {`'{"a":1}'::jsonb`, `"{\"a\": 1}"`}, {`ROW(1, 'x')`, `"(1,x)"`}, {`int4range(1, 3)`, `"[1,3)"`},
		{`ARRAY[1, NULL, -3]`, `[1,null,-3]`}, {`'{}'::int[]`, `[]`}, {`NULL::int[]`, `null`}, {`ARRAY[[1, 2], [3, 4]]`, `[[1,2],[3,4]]`},
		{`'[0:1]={1,2}'::bigint[]`, `[1,2]`}, {`ARRAY[true, false]`, `[true,false]`}, {`ARRAY[1.50, 'NaN']::numeric[]`, `[1.5,null]`},
		{`ARRAY['a b', '', 'NULL', NULL, '"\', '{,}', 'ü']`, `["a b","","NULL",null,"\"\\","{,}","ü"]`}, {`ARRAY['x'::name]`, `["x"]`},
		{`ARRAY['2019-01-01'::date]`, `["2019-01-01"]`}, {`ARRAY['{"a": [1]}'::json]`, `["{\"a\": [1]}"]`},
	},
}

func TestRawValues(t *testing.T) {
	Each(t, func(t *testing.T, c *connector.Connector) {
		d := c.Database(project.ID{Name: "raw", Stage: "dev"})
		if err := d.Create(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, v := range rawValues[c.Facts().Name] {
			json, err := d.Raw(t.Context(), "SELECT "+v[0]+" AS v")
			if want := `[{"v":` + v[1] + `}]`; err != nil || string(json) != want {
				t.Errorf("%s: want %s, got %s %v", v[0], want, json, err)
			}
		}
	})
}
