package change

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/reach"
	"aws-access-guardrails/internal/words"
)

// line is the change in one line: who, what, where, when, and the journey.
func (p *PersonChange) line(c *comparison) string {
	var b strings.Builder
	b.WriteString(p.Person + " ")
	if p.User != "" {
		fmt.Fprintf(&b, "%s as a user of %s", p.User, c.accountWords(p.Account))
		if len(p.Carries) > 0 {
			fmt.Fprintf(&b, ", in %s", strings.Join(names(p.Carries), ", "))
		}
		return b.String()
	}
	if p.Gains {
		b.WriteString("gains ")
	} else {
		b.WriteString("loses ")
	}
	if p.Role != "" && (p.Whole || len(p.Opens) == 0) {
		if p.PermissionSet {
			b.WriteString("the permission set " + p.Role)
		} else {
			b.WriteString("the role " + p.Role + p.teamWords())
		}
		if len(p.Carries) > 0 {
			b.WriteString(", which carries " + strings.Join(p.Carries, ", "))
		}
		if len(p.Opens) > 0 {
			b.WriteString(", and with it ")
		}
	}
	var what []string
	for i := range p.Opens {
		what = append(what, p.Opens[i].words())
	}
	b.WriteString(strings.Join(what, " and "))
	fmt.Fprintf(&b, ", in %s", c.accountWords(p.Account))
	if len(p.Networks) > 0 {
		b.WriteString(", from " + words.Joined(p.Networks, "and"))
	}
	b.WriteString(p.when())
	b.WriteString(": " + p.journey())
	if len(p.If) > 0 {
		fmt.Fprintf(&b, " (if %s allows it, whose document is not known here)", strings.Join(names(p.If), ", "))
	}
	return b.String()
}

func names(arns []string) []string {
	out := make([]string, len(arns))
	for i, arn := range arns {
		out[i] = nameOf(arn)
	}
	return out
}

// accountWords is an account by its name and id.
func (c *comparison) accountWords(id string) string {
	if name := c.accountName(id); name != id {
		return name + " (" + id + ")"
	}
	return id
}

// words are doors, OS user, nodes and Regions.
func (o *Opening) words() string {
	text := words.OfDoors(o.Doors)
	switch {
	case o.Superuser:
		text += " as " + o.OSUser + " (who can do everything)"
	case o.login.unknown:
		text += " as an OS user who is not known here"
	case o.OSUser != "":
		text += " as " + o.OSUser
	}
	text += " on " + strings.Join(o.Nodes, " and ")
	if len(o.Regions) > 0 {
		text += " in " + strings.Join(o.Regions, ", ")
	}
	return text
}

func (p *PersonChange) when() string {
	switch {
	case p.From == nil && p.Until == nil:
		return ""
	case p.From == nil:
		return ", until " + p.Until.Format(time.RFC3339)
	case p.Until == nil:
		return ", from " + p.From.Format(time.RFC3339) + " on"
	}
	return ", from " + p.From.Format(time.RFC3339) + " until " + p.Until.Format(time.RFC3339)
}

// journey is the way: the sign-in, the roles one after the other, and the first door.
func (p *PersonChange) journey() string {
	steps := []string{p.signInWords()}
	for _, role := range p.Through {
		steps = append(steps, "takes "+role)
	}
	if p.Role != "" {
		steps = append(steps, "takes "+p.Role)
	}
	if len(p.Opens) > 0 {
		first := p.Opens[0]
		door := string(first.Doors[0])
		if first.OSUser != "" && !first.login.unknown {
			door += " as " + first.OSUser
		}
		steps = append(steps, door)
	}
	return strings.Join(steps, " > ")
}

// signInWords says the least that is needed, as a matrix does.
func (p *PersonChange) signInWords() string {
	if slices.Contains(p.SignIns, reach.Portal) {
		return "signs in to " + string(reach.Portal)
	}
	if without := words.WithoutMFA(p.SignIns); len(without) > 0 {
		return "signs in WITHOUT MFA (" + strings.Join(without, ", ") + ")"
	}
	text := "signs in with MFA"
	if len(p.SignIns) < 3 {
		text = "signs in by " + words.OfSignIns(p.SignIns, " or ")
	}
	switch {
	case p.MFAOverSeconds > 0 && p.MFAMaxAgeSeconds > 0:
		text += fmt.Sprintf(" that is %s to %s old", age(p.MFAOverSeconds), age(p.MFAMaxAgeSeconds))
	case p.MFAOverSeconds > 0:
		text += fmt.Sprintf(" that is over %s old", age(p.MFAOverSeconds))
	case p.MFAMaxAgeSeconds > 0:
		text += " of the last " + age(p.MFAMaxAgeSeconds)
	}
	return text
}

// age is a number of seconds as people write it: 12h, 90m, 45s.
func age(seconds int) string {
	switch {
	case seconds%3600 == 0:
		return fmt.Sprintf("%dh", seconds/3600)
	case seconds%60 == 0:
		return fmt.Sprintf("%dm", seconds/60)
	}
	return fmt.Sprintf("%ds", seconds)
}
