package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/prisma1-go/prisma1/pkg/connector"
	"github.com/prisma1-go/prisma1/pkg/graphql"
	"github.com/prisma1-go/prisma1/pkg/ndf"
)

// Limits of one answer of an export (BulkExport.scala).
const (
	exportRows = 1000      // elements that are read at a time
	exportSize = 1_000_000 // of all elements, in UTF-16 units
)

// A cursor is the place in an export where the next answer begins.
type cursor struct {
	Table int `json:"table"` // which model, list field or relation
	Row   int `json:"row"`   // how many of its elements were answered
	Field int `json:"field"` // always 0; -1 at the end
	Array int `json:"array"` // always 0; -1 at the end
}

// exportEnd is the cursor behind the last element.
var exportEnd = cursor{-1, -1, -1, -1}

// A table reads a slice of the elements of one model, list field or relation, each as JSON.
type table func(context.Context, connector.Slice) ([][]byte, error)

// Export answers the next part of the nodes, lists or relations of the service,
// about 1 MB of them, and the cursor to go on with.
func (s *Service) Export(ctx context.Context, requestID string, body []byte) (status int, answer graphql.Sheets) {
	var request struct {
		FileType ndf.Kind `json:"fileType"`
		Cursor   struct {
			Table *int `json:"table"`
			Row   *int `json:"row"`
		} `json:"cursor"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return s.refuse(requestID, fmt.Errorf("The export request is no object with fileType and cursor: %w", err))
	}
	table, row := request.Cursor.Table, request.Cursor.Row
	if table == nil || row == nil {
		return s.refuse(requestID, errors.New("The cursor of the export request needs table and row."))
	}
	tables := s.tables(request.FileType)
	if len(tables) == 0 {
		return http.StatusOK, graphql.SheetsOf(part{next: exportEnd}.append(nil))
	}
	if *table < 0 || *table >= len(tables) || *row < 0 {
		return s.refuse(requestID, fmt.Errorf("The cursor of the export request points to nothing: table %d, row %d.", *table, *row))
	}
	p := part{next: cursor{Table: *table, Row: *row}}
	if err := p.fill(ctx, tables); err != nil {
		return s.fail(ctx, requestID, err)
	}
	return http.StatusOK, graphql.SheetsOf(p.append(nil))
}

// A part is what one answer of an export holds.
type part struct {
	elements [][]byte
	size     int // of all elements
	next     cursor
}

// fill adds elements from the cursor on, until the part is full or all are in
// it. One that is larger than a whole part comes alone.
func (p *part) fill(ctx context.Context, tables []table) error {
	for p.next.Table < len(tables) {
		found, err := tables[p.next.Table](ctx, connector.Slice{Offset: p.next.Row, Limit: exportRows})
		if err != nil {
			return err
		}
		for _, element := range found {
			size := ndf.Size(element)
			if p.size+size > exportSize && len(p.elements) > 0 {
				return nil
			}
			p.elements = append(p.elements, element)
			p.size += size
			p.next.Row++
		}
		if len(found) < exportRows {
			p.next = cursor{Table: p.next.Table + 1}
		}
	}
	p.next = exportEnd
	return nil
}

// append appends the part as the answer has it.
func (p part) append(b []byte) []byte {
	b = append(b, `{"out":{"jsonElements":`...)
	b = append(append(append(b, '['), bytes.Join(p.elements, []byte{','})...), ']')
	return fmt.Appendf(b, `,"size":%d},"cursor":{"table":%d,"row":%d,"field":%d,"array":%d},"isFull":%t}`,
		p.size, p.next.Table, p.next.Row, p.next.Field, p.next.Array, p.next != exportEnd)
}

// tables returns what there is to export of a kind, in the order of cursors.
func (s *Service) tables(kind ndf.Kind) []table {
	var tables []table
	switch kind {
	case ndf.Nodes:
		for _, m := range s.project.Schema.Models {
			tables = append(tables, elements(ndf.AppendNode, m, s.database.ExportNodes))
		}
	case ndf.Lists:
		for _, m := range s.project.Schema.Models {
			for _, f := range m.Fields {
				if f.IsScalarList() {
					tables = append(tables, elements(ndf.AppendList, f, s.database.ExportLists))
				}
			}
		}
	case ndf.Relations:
		for _, r := range s.project.Schema.Relations {
			tables = append(tables, elements(ndf.AppendLink, r, s.database.ExportLinks))
		}
	}
	return tables
}

// elements makes a table of what read finds for a subject.
func elements[S, E any](print func([]byte, E) []byte, subject S, read func(context.Context, S, connector.Slice) ([]E, error)) table {
	return func(ctx context.Context, slice connector.Slice) ([][]byte, error) {
		found, err := read(ctx, subject, slice)
		all := make([][]byte, len(found))
		for i, e := range found {
			all[i] = print(nil, e)
		}
		return all, err
	}
}
