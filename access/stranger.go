package access

import (
	"slices"
	"strings"

	"aws-access-guardrails/policy"
)

// WithStrangers returns the world with the people of whom it only has the names: the users whom trust policies name and no account lists. Their
// policies are not known, and neither is whatever else is in their accounts. The world itself stays as it is.
func (w World) WithStrangers() World {
	out := w
	out.Accounts = slices.Clone(w.Accounts)
	for i := range w.Accounts {
		for j := range w.Accounts[i].Roles {
			for _, arn := range trustedUsers(w.Accounts[i].Roles[j].Trust) {
				out.addStranger(arn)
			}
		}
	}
	return out
}

func (w *World) addStranger(arn string) {
	_, path, name := splitEntity(arn)
	id := arnPart(arn, 4)
	at := slices.IndexFunc(w.Accounts, func(a Account) bool { return a.ID == id })
	if at < 0 {
		at = len(w.Accounts)
		w.Accounts = append(w.Accounts, Account{ID: id, Partition: policy.Partition(arnPart(arn, 1)), Partial: true})
	}
	home := &w.Accounts[at]
	// User names are unique in an account whatever their path and case, so a principal that differs in those from a user names nobody.
	if slices.ContainsFunc(home.Users, func(u User) bool { return strings.EqualFold(u.Name, name) }) {
		return
	}
	home.Users = append(slices.Clip(home.Users), User{Name: name, Path: path, Stranger: true})
}
