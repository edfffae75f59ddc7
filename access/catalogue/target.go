package catalogue

import (
	"slices"
	"strings"
)

// ActionForms are the ARN forms of the resources of an action; actions with the same forms share an id.
type ActionForms struct {
	id       string
	Service  string
	Arns     []string
	Required bool
}

// Forms are the ARN forms of an action's resource types.
func (d *serviceDetails) Forms(s *catalogueService, action int) *ActionForms {
	d.formsOnce.Do(func() {
		shared := map[string]*ActionForms{}
		c := Catalogue()
		for i := s.First; i < s.Last; i++ {
			f := &ActionForms{Service: s.Prefix}
			for _, ref := range c.Entry(i).types {
				f.Required = f.Required || ref.required
				for _, arn := range d.types[ref.index].arns {
					if !slices.Contains(f.Arns, arn) {
						f.Arns = append(f.Arns, arn)
					}
				}
			}
			f.id = strings.Join(f.Arns, "|")
			if f.Required {
				f.id += "!"
			}
			if have, ok := shared[f.id]; ok {
				f = have
			}
			shared[f.id] = f
			d.actionForms = append(d.actionForms, f)
		}
	})
	return d.actionForms[action-s.First]
}
