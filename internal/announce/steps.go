package announce

// steps are what happens to a grant, in its order, with the words of a title.
var steps = []struct{ name, title string }{
	{"requested", "Requested: "},
	{"approved", "Approved: "},
	{"deployed", "Deployed: "},
	{"ended", "Ended: "},
	{"failed", "Failed: "},
}

// Steps are the names of the steps, in their order.
func Steps() []string {
	var names []string
	for _, s := range steps {
		names = append(names, s.name)
	}
	return names
}

// Known reports whether there is such a step.
func Known(step string) bool { return Title(step, "") != "" }

// Title is the first line of the announcement of a step; empty for a step that there is not.
func Title(step, what string) string {
	for _, s := range steps {
		if s.name == step {
			return s.title + what
		}
	}
	return ""
}
