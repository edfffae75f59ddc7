package change

import (
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/access/world"
)

// attachment is a service control policy on a target, with the member accounts below.
type attachment struct {
	policy, target, name string
	accounts             []string
}

// guardrails are the service control policies that were attached and detached.
func (c *comparison) guardrails() {
	before, after := attachments(c.from.World.Organization), attachments(c.to.World.Organization)
	for _, attached := range []bool{true, false} {
		list, others := after, before
		if !attached {
			list, others = before, after
		}
		for _, a := range list {
			if slices.ContainsFunc(
				others,
				func(o attachment) bool { return o.policy == a.policy && o.target == a.target },
			) {
				continue
			}
			change := GuardrailChange{
				Attached: attached,
				Policy:   a.policy,
				Target:   a.target,
				Accounts: append([]string{}, a.accounts...),
			}
			verb := "is attached to"
			if !attached {
				verb = "is detached from"
			}
			var covered []string
			for _, id := range a.accounts {
				covered = append(covered, c.accountWords(id))
			}
			words := "which has no account below it"
			if len(covered) > 0 {
				words = "which covers " + strings.Join(covered, ", ")
			}
			change.Line = fmt.Sprintf("service control policy %s %s %s, %s", a.policy, verb, targetWords(a), words)
			c.Guardrails = append(c.Guardrails, change)
		}
	}
	c.places()
}

func targetWords(a attachment) string {
	if a.name == "" {
		return a.target
	}
	return a.name + " (" + a.target + ")"
}

func attachments(o *world.Organization) []attachment {
	if o == nil {
		return nil
	}
	var out []attachment
	var unit func(*world.Unit) []string
	unit = func(u *world.Unit) []string {
		var below []string
		start := len(out)
		for _, p := range u.Policies {
			out = append(out, attachment{policy: p.Name, target: u.ID, name: u.Name})
		}
		end := len(out)
		for i := range u.Accounts {
			id := u.Accounts[i].ID
			if id == o.Management {
				continue
			}
			below = append(below, id)
			for _, p := range u.Accounts[i].Policies {
				out = append(out, attachment{policy: p.Name, target: id, accounts: []string{id}})
			}
		}
		for i := range u.Units {
			below = append(below, unit(&u.Units[i])...)
		}
		for i := start; i < end; i++ {
			out[i].accounts = below
		}
		return below
	}
	unit(&o.Root)
	// AWS attaches FullAWSAccess everywhere; the tree says where everywhere is.
	return slices.DeleteFunc(out, func(a attachment) bool { return a.policy == "FullAWSAccess" })
}

// places are accounts that stand elsewhere in the tree.
func (c *comparison) places() {
	before, after := placesOf(c.from.World.Organization), placesOf(c.to.World.Organization)
	for _, id := range accountsOfTrees(before, after) {
		if was, is := before[id], after[id]; was != is && c.from.World.Organization != nil &&
			c.to.World.Organization != nil {
			c.setting(
				id,
				"the account",
				fmt.Sprintf("stands in %s, and stood in %s", orNowhere(is), orNowhere(was)),
				false,
			)
		}
	}
	if was, is := c.from.World.Organization, c.to.World.Organization; was != nil && is != nil &&
		(was.ID != is.ID || was.Management != is.Management) {
		c.Open = append(
			c.Open,
			"the organization or its management account is another one, so its guardrails are not compared account by account",
		)
	}
}

func orNowhere(unit string) string {
	if unit == "" {
		return "no unit of the tree"
	}
	return unit
}

func placesOf(o *world.Organization) map[string]string {
	out := map[string]string{}
	if o == nil {
		return out
	}
	var unit func(*world.Unit, string)
	unit = func(u *world.Unit, path string) {
		path += u.ID + "/"
		for i := range u.Accounts {
			out[u.Accounts[i].ID] = path
		}
		for i := range u.Units {
			unit(&u.Units[i], path)
		}
	}
	unit(&o.Root, "")
	return out
}

func accountsOfTrees(trees ...map[string]string) []string {
	var ids []string
	for _, tree := range trees {
		for id := range tree {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return ids
}
