package world

import (
	"slices"
	"strings"

	"aws-access-guardrails/policy"
)

// TrustedUsers are the users that a trust policy names.
func TrustedUsers(d policy.Document) []string {
	var users []string
	for _, st := range d.Statements {
		if st.Effect != policy.EffectAllow {
			continue
		}
		for _, p := range st.Principals {
			for _, value := range p.Values {
				if p.Kind == policy.PrincipalAWS && strings.HasPrefix(policy.ARNResource(value), "user/") &&
					!slices.Contains(users, value) {
					users = append(users, value)
				}
			}
		}
	}
	return users
}

// WithStrangers returns the world with the people of whom it only has the names: the users whom trust policies name
// and no account lists. Their policies are not known, and neither is whatever else is in their accounts. The world
// itself stays as it is.
func (w World) WithStrangers() World {
	out := w
	out.Accounts = slices.Clone(w.Accounts)
	for i := range w.Accounts {
		for j := range w.Accounts[i].Roles {
			for _, arn := range TrustedUsers(w.Accounts[i].Roles[j].Trust) {
				out.addStranger(arn)
			}
		}
	}
	return out
}

func (w *World) addStranger(arn string) {
	_, path, name := policy.SplitEntity(arn)
	id := policy.ARNPart(arn, 4)
	home := w.Account(id)
	if home == nil {
		w.Accounts = append(
			w.Accounts,
			Account{ID: id, Partition: policy.Partition(policy.ARNPart(arn, 1)), Partial: true},
		)
		home = &w.Accounts[len(w.Accounts)-1]
	}
	// User names are unique in an account whatever their path and case, so a principal that differs in those from a
	// user names nobody.
	if slices.ContainsFunc(home.Users, func(u User) bool { return strings.EqualFold(u.Name, name) }) {
		return
	}
	home.Users = append(slices.Clip(home.Users), User{Name: name, Path: path, Stranger: true})
}
