package introspect

import "testing"

func TestTypeName(t *testing.T) {
	t.Parallel()
	for table, want := range map[string]string{
		"users": "User", "course_users": "CourseUser", "session_series": "SessionSery", "PaginatedResult": "PaginatedResult",
		"ORDERS": "ORDERS", "order-items": "OrderItem", "people": "Person", "categories": "Category", "addresses": "Address",
		"order_status": "OrderStatus", "news": "News", "movies": "Movie", "data": "Datum", "children": "Child", "houses": "House",
		"floats": "floats", "Int": "IntTable", "query": "QueryTable", "2fa": "Table2fa", "größe": "Gre", "%": "Table", "__x": "X", "buses": "Bus",
	} {
		if got := typeName(table); got != want {
			t.Errorf("typeName(%q) = %q, want %q", table, got, want)
		}
	}
}

func TestFieldName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		column    string
		reference bool
		want      string
	}{
		{"user_name", false, "userName"},
		{"USER_NAME", false, "userName"},
		{"UserID", false, "userID"},
		{"author_id", true, "author"},
		{"AUTHOR_ID", true, "author"},
		{"AuthorId", true, "author"},
		{"author_id", false, "authorId"},
		{"grid", true, "grid"},
		{"id", true, "id"},
		{"_id", true, "id"},
		{"2nd", false, "column2nd"},
		{"first name", false, "firstName"},
		{"%", false, "column"},
		{"String", false, "string"},
	} {
		if got := fieldName(test.column, test.reference); got != test.want {
			t.Errorf("fieldName(%q, %t) = %q, want %q", test.column, test.reference, got, test.want)
		}
	}
}
