package symmetry

import (
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/prove"
)

// Most users of an account differ from each other in nothing but their names, and so do most of its roles. Exchange
// the names of two of them, with their ids and the values of their tags, in the world and in the intents: if the same
// world and the same intents come out, then a proof says of the one what it says of the other. It is made of the first
// and told of the others (docs/decisions/0138). A user and the roles that this user alone is named by are exchanged
// together: a unit.

// Classes tells which users, roles and accounts of a world are like others: by exchanging people with their roles, and
// by exchanging accounts with all that is in them.
// Whom nobody asks about is not written down. It is safe for concurrent use.
type Classes struct{ levels [Levels]kinship }

// Class is the number of the class of a user, role or account, by its ARN or id, at a level; zero is one that is like
// nobody. Numbers are given in the order in which they are asked for.
func (l *Classes) Class(level int, name string) int {
	class, _ := l.levels[level].classOf(name)
	return class
}

// Retold is a finding about one of a class as it is about another of that class; false where it has to be found.
func (l *Classes) Retold(level int, f *prove.Finding, subject string) (prove.Finding, bool) {
	k := &l.levels[level]
	var x exchange
	_, x.from = k.classOf(f.Subject)
	_, x.to = k.classOf(subject)
	return x.retold(f)
}

// ownText is a text of a unit.
type ownText struct {
	text string
	// name is true for names and ids, which are exchanged wherever they stand between other characters than those of
	// names; values are exchanged whole.
	name bool
}

// exchange has the texts of one unit for those of another.
type exchange struct {
	from, to []ownText
	// names are the places of names where there are many.
	names map[string]int
}

// retold is a finding about one of a unit with the texts of another unit; false where it has to be found.
func (x *exchange) retold(f *prove.Finding) (prove.Finding, bool) {
	if !Keepable(f) {
		return prove.Finding{}, false
	}
	like, same := *f, true
	text := func(s string) string {
		out, known := x.text(s)
		same = same && known
		return out
	}
	like.Account, like.Subject = text(f.Account), text(f.Subject)
	like.By = each(f.By, func(by engine.Source) engine.Source {
		by.Account, by.Owner, by.Policy = text(by.Account), text(by.Owner), text(by.Policy)
		by.Sid, by.Rule = text(by.Sid), text(by.Rule)
		return by
	})
	like.Assumptions = each(f.Assumptions, func(a prove.ProofAssumption) prove.ProofAssumption {
		a.ID, a.Text = text(a.ID), text(a.Text)
		return a
	})
	like.Waivers = each(f.Waivers, func(w prove.Waiver) prove.Waiver {
		w.Key, w.Text = text(w.Key), text(w.Text)
		return w
	})
	return like, same
}

// each is a list with something done to each of it: the list itself where that changes nothing, with no room behind it
// that both lists would have.
func each[T comparable](list []T, do func(T) T) []T {
	for i := range list {
		changed := do(list[i])
		if changed == list[i] {
			continue
		}
		out := slices.Clone(list)
		out[i] = changed
		for n := i + 1; n < len(out); n++ {
			out[n] = do(list[n])
		}
		return out
	}
	return slices.Clip(list)
}

// text is a text with names exchanged; false where a value of a tag stands in it, which may be a word like any other
// there.
func (x *exchange) text(s string) (string, bool) {
	out, rest, done := "", "", 0
	for name, start := range namesIn(s) {
		if i := x.place(name); i >= 0 {
			out += s[done:start] + x.to[i].text
			rest += s[done:start] + " "
			done = start + len(name)
		}
	}
	rest = strings.ToLower(rest + s[done:])
	for i, own := range x.from {
		if !own.name && own != x.to[i] && strings.Contains(rest, strings.ToLower(own.text)) {
			return "", false
		}
	}
	return out + s[done:], true
}

func (x *exchange) place(name string) int {
	if x.names != nil {
		if i, known := x.names[name]; known {
			return i
		}
		return -1
	}
	return slices.Index(x.from, ownText{text: name, name: true})
}

// AccountOfAnother are the findings about an account, as they were made of one that is like it; false where they have
// to be made.
func (l *Classes) AccountOfAnother(findings [][]prove.Finding, like, account string) ([][]prove.Finding, bool) {
	k := &l.levels[OfAccounts]
	x := exchange{names: map[string]int{}}
	_, x.from = k.classOf(like)
	_, x.to = k.classOf(account)
	for i, own := range x.from {
		if own.name {
			x.names[own.text] = i
		}
	}
	out := make([][]prove.Finding, len(findings))
	for n, list := range findings {
		if len(list) > 0 {
			out[n] = make([]prove.Finding, 0, len(list))
		}
		for i := range list {
			told, same := x.retold(&list[i])
			if !same {
				return nil, false
			}
			out[n] = append(out[n], told)
		}
	}
	return out, true
}

// namesIn are the longest runs of characters of names in a text, with their places.
func namesIn(s string) func(yield func(string, int) bool) {
	return func(yield func(string, int) bool) {
		begin := -1
		for i := 0; i <= len(s); i++ {
			switch {
			case i < len(s) && ofNames(s[i]):
				if begin < 0 {
					begin = i
				}
			case begin >= 0:
				if !yield(s[begin:i], begin) {
					return
				}
				begin = -1
			}
		}
	}
}

// ofNames reports whether a byte can be one of the name of a user or role.
//
// Source: IAM User Guide, IAM and AWS STS quotas, IAM name requirements.
func ofNames(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte("+=,.@_-", b) >= 0
}

// Keepable reports whether a finding may be kept: it holds, and shows no request.
func Keepable(f *prove.Finding) bool {
	return f.Verdict != prove.DoesNotHold && f.Witness == nil && f.Journey == nil && f.At.IsZero() && f.Unreal == (prove.Doubt{}) &&
		!f.Uncertain && f.Problem == ""
}
