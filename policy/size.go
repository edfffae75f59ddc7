package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// heaviestNamed is how many statements a size problem names.
const heaviestNamed = 3

// limit is a quota that a document falls under: what AWS calls it, how large it is, how AWS counts.
type limit struct {
	name  string
	most  int
	bytes bool
	// fix is what to do about a document that is too large; empty means that its statements can go into another policy.
	fix string
}

// limit of a document in this use; false where the service that keeps the document sets it.
func (u Use) limit(q Quotas) (limit, bool) {
	switch u {
	case Identity:
		return limit{name: "managed policy", most: q.ManagedPolicy}, true
	case UserInline:
		return limit{name: "inline policies of a user", most: q.UserInline}, true
	case GroupInline:
		return limit{name: "inline policies of a group", most: q.GroupInline}, true
	case RoleInline:
		return limit{
			name: "inline policies of a role",
			most: q.RoleInline,
			fix:  "shorten those statements, or split the projects, documents and permissions over two roles",
		}, true
	case Trust:
		return limit{
			name: "trust policy",
			most: q.Trust,
			fix:  "split the people over two roles, or raise quotas.trust once AWS has",
		}, true
	case ServiceControl:
		return limit{name: "service control policy", most: q.SCP, bytes: true}, true
	case PermissionSet:
		return limit{
			name:  "inline policy of a permission set",
			most:  q.PermissionSetInline,
			bytes: true,
			fix:   "shorten those statements, or split the projects, documents and permissions over two permission sets",
		}, true
	case SessionPolicy:
		return limit{name: "session policy", most: q.SessionPolicy, bytes: true}, true
	}
	return limit{}, false
}

func (l limit) unit() string {
	if l.bytes {
		return "bytes"
	}
	return "characters"
}

func (l limit) size(d Document) int {
	if l.bytes {
		return d.Bytes()
	}
	return d.Characters()
}

// Size is how large AWS counts the document in this use: bytes for service control policies, permission sets and
// session policies, characters without white space for the others.
func (d Document) Size(use Use) int {
	l, _ := use.limit(Quotas{})
	return l.size(d)
}

// ValidateTotal holds the documents of one user, group or role together against the quota of the use (UserInline,
// GroupInline, RoleInline): AWS counts all inline policies of a principal as one. It returns nil or a *ValueError
// that names the heaviest statements.
func ValidateTotal(use Use, q Quotas, documents ...Document) error {
	l, limited := use.limit(q.WithDefaults())
	if !limited {
		return nil
	}
	total := 0
	for _, d := range documents {
		total += l.size(d)
	}
	return l.check(total, documents...)
}

func (l limit) check(total int, documents ...Document) error {
	if total <= l.most {
		return nil
	}
	return refusef(
		cmp.Or(l.fix, "shorten those statements or move them to another policy"),
		"has %d %s, %d over the quota of %d for the %s: the heaviest statements are %s",
		total, l.unit(), total-l.most, l.most, l.name, heaviest(l, documents))
}

// heaviest names the largest statements with their sizes, largest first; equals in document order.
func heaviest(l limit, documents []Document) string {
	type weight struct {
		label string
		size  int
	}
	var weights []weight
	for _, d := range documents {
		empty := l.size(New())
		for i, s := range d.Statements {
			weights = append(weights, weight{cmp.Or(s.Sid, statementLabel(i, "")), l.size(New(s)) - empty})
		}
	}
	slices.SortStableFunc(weights, func(a, b weight) int { return cmp.Compare(b.size, a.size) })
	var named []string
	for _, w := range weights[:min(heaviestNamed, len(weights))] {
		named = append(named, fmt.Sprintf("%s (%d)", w.label, w.size))
	}
	return strings.Join(named, ", ")
}
