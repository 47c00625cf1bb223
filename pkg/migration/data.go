package migration

import (
	"context"

	"github.com/prisma1-go/prisma1/pkg/schema"
)

// Data answers what is stored under the previous schema. Whatever has no table
// or column has no rows: that is no error.
type Data interface {
	// HasRows tells whether the model has nodes.
	HasRows(ctx context.Context, m *schema.Model) (bool, error)
	// HasNulls tells whether a node has no value in a scalar field, or no
	// related node in a relation field.
	HasNulls(ctx context.Context, f *schema.Field) (bool, error)
	// HasDuplicates tells whether two nodes share a value that is not null in a
	// scalar field, or a node has more than one related node in a relation field.
	HasDuplicates(ctx context.Context, f *schema.Field) (bool, error)
	// HaveDuplicates tells whether two nodes share values, none of them null, in
	// all of some scalar fields. Without fields any two nodes do.
	HaveDuplicates(ctx context.Context, m *schema.Model, fields []*schema.Field) (bool, error)
	// UsesValue tells whether a node has the value in an enum field, list or not.
	UsesValue(ctx context.Context, f *schema.Field, value string) (bool, error)
	// HasLinks tells whether the relation connects any nodes.
	HasLinks(ctx context.Context, r *schema.Relation) (bool, error)
}
