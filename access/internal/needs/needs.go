package needs

import (
	"slices"
	"strings"
	"sync"

	"aws-access-guardrails/access/catalogue"
	"aws-access-guardrails/access/doors"
	"aws-access-guardrails/access/internal/wildcard"
	"aws-access-guardrails/access/internal/wording"
)

// Need is a group of resource types, of which every request of an action names one.
type Need struct {
	// Types are their names, Forms the forms of their ARNs.
	Types, Forms []string
}

// Words name what is needed, for errors and doubts.
func (n *Need) Words() string { return wording.JoinWords(n.Types, "or") }

// Named reports whether an ARN is of one of the types.
func (n *Need) Named(arn string) bool {
	return slices.ContainsFunc(
		n.Forms,
		func(form string) bool { return wildcard.MatchARN(Placeholders(form, "*", "*", "*"), arn) },
	)
}

// Placeholders fills a form of an ARN: its Region, its account, and everything else.
func Placeholders(form, region, account, rest string) string {
	form = strings.NewReplacer("${Partition}", "*", "${Region}", region, "${Account}", account).Replace(form)
	for {
		start := strings.Index(form, "${")
		if start < 0 {
			return form
		}
		end := strings.IndexByte(form[start:], '}')
		if end < 0 {
			return form
		}
		form = form[:start] + rest + form[start+end+1:]
	}
}

// alsoNeeded are groups that the Service Authorization Reference does not mark as required because their types take
// turns.
//
// Source: AWS Systems Manager User Guide, Sample IAM policies for Session Manager, and Use the SSM document
// permission check; AWS Systems Manager API Reference, SendCommand.
var alsoNeeded = map[string][][]string{
	"ssm:StartSession": {{"document"}, {"instance", "managed-instance", "task"}},
	"ssm:SendCommand":  {{"instance", "managed-instance"}},
}

// Of are what a request of an action of the catalogue names: each type that AWS marks as required, and what
// alsoNeeded adds.
//
// Source: Service Authorization Reference, resource types that are indicated with an asterisk.
func Of(action int) []Need {
	if have, ok := knownNeeds.Load(action); ok {
		return have.([]Need)
	}
	c := catalogue.Catalogue()
	types := catalogue.ResourceTypesOf(c.Name(action))
	var needs []Need
	for _, t := range types {
		if t.Required && len(t.ARNs) > 0 &&
			!slices.ContainsFunc(needs, func(n Need) bool { return slices.Equal(n.Forms, t.ARNs) }) {
			needs = append(needs, Need{Types: []string{t.Name}, Forms: t.ARNs})
		}
	}
	for _, group := range alsoNeeded[c.Name(action)] {
		var n Need
		for _, t := range types {
			if slices.Contains(group, t.Name) {
				n.Types, n.Forms = append(n.Types, t.Name), append(n.Forms, t.ARNs...)
			}
		}
		needs = append(needs, n)
	}
	knownNeeds.Store(action, needs)
	return needs
}

var knownNeeds sync.Map // int -> []need

// OfDoors are the calls of the table of doors that name several resources.
var OfDoors = sync.OnceValue(func() []Door {
	var out []Door
	for i := range doors.Table() {
		row := &doors.Table()[i]
		if row.Class == doors.Access {
			continue
		}
		for _, action := range row.Actions {
			index, known := catalogue.Catalogue().Find(action)
			if known && len(Of(index)) > 1 {
				out = append(out, Door{action, Of(index)})
			}
		}
	}
	return out
})

// Door is a call that opens a door, with what it names.
type Door struct {
	Action string
	Needs  []Need
}
