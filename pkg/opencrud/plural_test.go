package opencrud

import "testing"

func TestPlural(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"User": "Users", "Todo": "Todoes", "Series": "Serieses", "News": "Newses", "Homework": "Homeworks", "Sheep": "Sheeps",
		"GrandChild": "GrandChildren", "Mongoose": "Mongooses", "Human": "Humans", "Woman": "Women", "German": "Germen",
		"Mouse": "Mice", "Tooth": "Teeth", "Goose": "Geese", "Foot": "Feet", "Analysis": "Analyses", "Basis": "Bases", "Axis": "Axes",
		"Codex": "Codices", "Radix": "Radices", "Datum": "Data", "Criterion": "Criteria", "Persona": "Personae", "Nucleus": "Nuclei",
		"Box": "Boxes", "Branch": "Branches", "Index": "Indexes", "Matrix": "Matrixes", "Status": "Statuses", "Bus": "Buses",
		"Schema": "Schemas", "Address": "Addresses", "Class": "Classes", "Wolf": "Wolves", "Leaf": "Leaves", "Wife": "Wives",
		"Knife": "Knives", "Key": "Keys", "Category": "Categories", "Photo": "Photos", "Video": "Videos", "Hero": "Heroes",
		"BillingInfo": "BillingInfoes", "Curriculum": "Curricula", "OptionalDetails": "OptionalDetailses", "Settings": "Settingses",
		"Person": "Persons", "Data": "Datas", "URL": "URLs", "user": "Users", "OnlyIdAndARelation2": "OnlyIdAndARelation2s",
	} {
		if got := Plural(name); got != want {
			t.Errorf("Plural(%q) = %q, want %q", name, got, want)
		}
	}
}
