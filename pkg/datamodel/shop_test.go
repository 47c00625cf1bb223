package datamodel_test

import (
	"os"
	"testing"

	"github.com/prisma1-go/prisma1/pkg/datamodel"
	"github.com/prisma1-go/prisma1/pkg/schema"
)

// TestShop infers the datamodel of the example service and looks at the links of its relations.
func TestShop(t *testing.T) {
	t.Parallel()
	s := mustInfer(t, shop(t), nil)
	tree := s.Relation("CategoryTree")
	if owner := tree.Field(tree.Owner()); owner.Name != "parent" {
		t.Errorf("CategoryTree is owned by %s, want parent", owner.Name)
	}
	if inline := s.Relation("CouponToOrder").Link.(*schema.Inline); inline.Model.Name != "Coupon" || inline.Column != "order" {
		t.Errorf("CouponToOrder lies in %s.%s, want Coupon.order", inline.Model.Name, inline.Column)
	}
	if table := s.Relation("ProductToTag").Link.(*schema.LinkTable); table.Table != "_ProductToTag" {
		t.Errorf("ProductToTag lies in %s, want _ProductToTag", table.Table)
	}
}

func shop(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../testdata/shop/datamodel.prisma")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func mustParse(t *testing.T, text string) *datamodel.Document {
	t.Helper()
	d, err := datamodel.Parse(text)
	if err != nil {
		t.Fatalf("parse: %s", err.Message)
	}
	return d
}

func mustInfer(t *testing.T, text string, previous *schema.Schema) *schema.Schema {
	t.Helper()
	s, err := datamodel.Infer(mustParse(t, text), previous)
	if err != nil {
		t.Fatalf("infer: %v", err)
	}
	return s
}
