package awstype

import "slices"

// FoundBy are the tokens of the functions that find a resource of the type by its name; none where its id follows
// from its inputs.
func FoundBy(token string) []string {
	t, _ := TypeOf(token)
	return slices.Clone(t.ID.FoundBy)
}
