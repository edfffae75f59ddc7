package filebackend

import "fmt"

// resource is what this program has to know of a resource of an engine's state.
type resource struct {
	URN    string `json:"urn"`
	Parent string `json:"parent"`
	// Delete says that the resource was replaced, and is deleted yet.
	Delete               bool                `json:"delete"`
	Dependencies         []string            `json:"dependencies"`
	PropertyDependencies map[string][]string `json:"propertyDependencies"`
	DeletedWith          string              `json:"deletedWith"`
}

// Sound reports what is wrong with a state: what [ReadState] reports, and what [checkpoint.consistent] does.
func Sound(file string) error {
	state, err := readCheckpoint(file)
	if err != nil {
		return err
	}
	return state.consistent()
}

// consistent reports what is wrong with a state that can be read and that no engine takes: a resource that stands in it
// twice, or before one that it needs, or without it. An engine ends on such a state with a trace of its own code.
func (state checkpoint) consistent() error {
	if state.Checkpoint == nil || state.Checkpoint.Latest == nil {
		return nil
	}
	seen := map[string]bool{}
	for i, r := range state.Checkpoint.Latest.Resources {
		if r.URN == "" {
			return fmt.Errorf("the engine's state of a stack does not hold together: its resource %d has no name", i+1)
		}
		if seen[r.URN] && !r.Delete {
			return fmt.Errorf("the engine's state of a stack does not hold together: it has %s twice", r.URN)
		}
		for _, needed := range r.needs() {
			if !seen[needed] {
				return fmt.Errorf(
					"the engine's state of a stack does not hold together: %s needs %s, which does not stand before it",
					r.URN, needed,
				)
			}
		}
		seen[r.URN] = true
	}
	return nil
}

// needs are the resources without which this one cannot be.
func (r *resource) needs() []string {
	all := append([]string{}, r.Dependencies...)
	for _, needed := range r.PropertyDependencies {
		all = append(all, needed...)
	}
	for _, needed := range []string{r.Parent, r.DeletedWith} {
		if needed != "" {
			all = append(all, needed)
		}
	}
	return all
}
