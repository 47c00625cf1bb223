package connector

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/prisma1-go/prisma1/pkg/scalar"
)

// numericCell is digits times ten to the power of exponent as PostgreSQL sends it.
func numericCell(t testing.TB, digits int64, exponent int32) []byte {
	t.Helper()
	n := pgtype.Numeric{Int: big.NewInt(digits), Exp: exponent, Valid: true}
	cell, err := pgtype.NewMap().Encode(pgtype.NumericOID, pgtype.BinaryFormatCode, n, nil)
	if err != nil {
		t.Fatal(err)
	}
	return cell
}

// A numeric prints as the float64 that is nearest to it, however it is read.
func TestNumericAsFloat(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	type number struct {
		digits   int64
		exponent int32
	}
	numbers := []number{{0, 0}, {0, -3}, {1, 0}, {-1, 0}, {99, -2}, {1, 4}, {1, -4}, {-123456789, -4}, {999999999999999, 0}, {9999999999999999, 0}, {1000, -4}, {1, 40}, {1, -40}, {10, -1}}
	for range 3000 {
		n := number{random.Int64() >> random.UintN(62), int32(random.IntN(60) - 40)}
		if random.UintN(2) == 0 {
			n.digits = -n.digits
		}
		numbers = append(numbers, n)
	}
	for _, n := range numbers {
		got, err := postgresCell{oid: pgtype.NumericOID, binary: true, bytes: numericCell(t, n.digits, n.exponent)}.appendJSON(nil, scalar.Float)
		if err != nil {
			t.Fatalf("%v: %v", n, err)
		}
		near, err := strconv.ParseFloat(fmt.Sprintf("%de%d", n.digits, n.exponent), 64)
		if err != nil {
			t.Fatal(err)
		}
		if want := string(scalar.AppendFloat(nil, near)); string(got) != want {
			t.Errorf("%v prints %s, want %s", n, got, want)
		}
	}
}

// BenchmarkRow keeps rows like those of the music store's list.
func BenchmarkRow(b *testing.B) {
	types := []struct {
		oid  uint32
		typ  scalar.Type
		cell []byte
	}{
		{pgtype.Int4OID, scalar.Int, []byte{0, 0, 4, 210}},
		{pgtype.TextOID, scalar.String, []byte("Track 1234")},
		{pgtype.Int4OID, scalar.Int, []byte{0, 4, 4, 210}},
		{pgtype.NumericOID, scalar.Float, numericCell(b, 99, -2)},
		{pgtype.TextOID, scalar.String, []byte("Composer 34")},
		{pgtype.TextOID, scalar.Enum, []byte("ROCK")},
	}
	row := &postgresAnswer{}
	l := &layer{frame: &frame{}}
	for i, c := range types {
		row.fields = append(row.fields, pgconn.FieldDescription{DataTypeOID: c.oid, Format: 1})
		row.cells = append(row.cells, c.cell)
		l.frame.writes = append(l.frame.writes, write{text: `,"someKey":`, column: i, typ: c.typ})
	}
	l.frame.writes = append(l.frame.writes, write{text: "}", column: -1, ends: true})
	b.ReportAllocs()
	for i := range b.N {
		if i%100 == 0 {
			l.text, l.ends, l.rows = l.text[:0], l.ends[:0], 0
		}
		if err := l.add(row); err != nil {
			b.Fatal(err)
		}
	}
}
