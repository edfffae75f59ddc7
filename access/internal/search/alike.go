package search

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/internal/glob"
	"aws-access-guardrails/access/world"
)

// Most users of an account differ in nothing but their names, and most of its roles in nothing but their tags. A
// search that found no request for one of them finds none for another when the two searches are the same but for the
// texts of their own: the user's name at the end of an IAM ARN, and a name, unique id, ARN or tag value that a
// condition compares with as a whole. To tell so, every literal is written with the caller's own texts replaced by
// what they are (the name, the unique id, the tag Project), and the searches are shared by what is written. Two
// searches that are written alike find a request or find none together, because exchanging the texts of one
// caller for those of the other turns every request of the one into one of the other with the same test results. That
// needs a strict rule: nothing else that is tested may tell such texts from each other or from those of others, in
// whatever case (docs/decisions/0042). user/b* tells bob from alice, so neither a search of bob's nor one of b*'s
// members is shared; alice and carol share theirs.
//
// Answers with a witness are never shared: they name people.

// ownTexts are the texts that are a caller's own.
type ownTexts struct {
	// name is that of a user, empty for roles, which no pattern of theirs has to name.
	name string
	all  []ownText
	// written are the probes as they are written for the caller; zero marks one that tells own texts apart.
	written map[*Probe]int
}

type ownText struct {
	// as is what the text is, and a mark if it has letters, which have a case.
	as, text string
	runes    []rune
}

// Own are the texts that only the caller has; nil when no search of the caller may be shared.
func (c *Caller) Own() *ownTexts {
	if c.owns != nil || c.unshared {
		return c.owns
	}
	c.unshared = c.Any != nil || c.FreeTag != nil || c.Session.Limit != nil ||
		c.Principal.Kind != engine.UserPrincipal && c.Principal.Kind != engine.RolePrincipal
	if c.unshared {
		return nil
	}
	if c.Principal.Kind == engine.UserPrincipal {
		// All sessions of a user have the same texts.
		if have := c.Solved.owns[c.Principal]; have != nil {
			c.owns = have
			return have
		}
		defer func() { c.Solved.owns[c.Principal] = c.owns }()
	}
	own := &ownTexts{written: map[*Probe]int{}}
	add := func(as, text string) {
		if text == "" || slices.ContainsFunc(own.all, func(have ownText) bool { return have.text == text }) {
			return
		}
		// Two texts that differ in case are not exchanged apart from each other.
		c.unshared = c.unshared ||
			slices.ContainsFunc(own.all, func(have ownText) bool { return strings.EqualFold(have.text, text) })
		own.all = append(own.all, ownText{as: as + cased(text), text: text, runes: []rune(text)})
	}
	if c.Principal.Kind == engine.UserPrincipal {
		own.name = c.Principal.Name
		add("name", own.name)
	}
	id := c.Env().Lookup(&conditionkey.Key{Kind: conditionkey.KeyUserID})
	add("id", id.One)
	add("arn", c.Principal.Arn)
	tags := slices.Clone(c.Principal.Tags)
	slices.SortFunc(
		tags,
		func(a, b world.Tag) int { return strings.Compare(strings.ToLower(a.Key), strings.ToLower(b.Key)) },
	)
	for _, tag := range tags {
		add("tag "+strings.ToLower(tag.Key), tag.Value)
	}
	if c.unshared {
		return nil
	}
	c.owns = own
	return own
}

func cased(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.SimpleFold(r) != r }) {
		return "\x02"
	}
	return ""
}

// shared is what a search is written as; empty when it may not be shared.
func (c *Caller) shared(try attempt, groups []layerGroup, avoid []*bound) string {
	own := c.Own()
	b := c.Search.B
	if own == nil || len(b.Assigned) > 0 || len(b.reading.open) > 0 {
		return ""
	}
	var out []byte
	var read []Literal
	ok := true
	write := func(bound *bound) {
		n := c.WrittenBound(own, bound)
		ok = ok && n != 0
		out = strconv.AppendInt(out, int64(n), 36)
		out = append(out, ' ')
	}
	list := func(statements []*engine.Statement) {
		for _, st := range statements {
			if st == nil {
				out = append(out, '-', ' ')
				continue
			}
			bound := b.Bind(st)
			read = append(read, bound.Lits...)
			write(bound)
		}
		out = append(out, ';')
	}
	out = strconv.AppendBool(out, try.closed)
	out = strconv.AppendBool(out, len(try.unknowns) > 0)
	list(try.allow)
	list(try.besides)
	list(try.q.Forbidden)
	for _, g := range groups {
		for _, bound := range g.allow {
			write(bound)
		}
		out = append(out, '|')
	}
	for _, bound := range c.WithRulesOfKeys(avoid, groups, read) {
		write(bound)
	}
	if !ok || len(b.reading.open) > 0 {
		return ""
	}
	return string(out)
}

// WrittenBound is the number of a statement as it is written; zero when it cannot be shared.
func (c *Caller) WrittenBound(own *ownTexts, b *bound) int {
	if b.written != 0 {
		return max(b.written, 0)
	}
	b.written = -1
	var text []byte
	if b.Never {
		text = append(text, "never"...)
	} else {
		for _, l := range b.Lits {
			n := c.writtenProbe(own, l.Probe)
			if n == 0 {
				return 0
			}
			if !l.Want {
				n = -n
			}
			text = strconv.AppendInt(text, int64(n), 36)
			text = append(text, ' ')
		}
	}
	b.written = c.Solved.number("statement " + string(text))
	return b.written
}

// number gives the same number to the same text, from one.
func (l *Solved) number(text string) int {
	n, known := l.numbers[text]
	if !known {
		n = len(l.numbers) + 1
		l.numbers[text] = n
	}
	return n
}

// writtenProbe is the number of a probe as it is written for a caller; zero when it tells own texts apart.
func (c *Caller) writtenProbe(own *ownTexts, p *Probe) int {
	if n, known := own.written[p]; known {
		return n
	}
	n := 0
	switch {
	case p.kind == probeAction:
		n = c.Solved.number("probe " + strconv.Itoa(p.id))
	case p.kind == probeResource:
		n = c.writtenResource(own, p)
	default:
		n = c.writtenKey(own, p)
	}
	own.written[p] = n
	return n
}

func (c *Caller) writtenResource(own *ownTexts, p *Probe) int {
	if p.namesakes {
		return c.Solved.number("namesakes" + cased(own.name))
	}
	if own.name == "" {
		return c.Solved.number("probe " + strconv.Itoa(p.id))
	}
	name := own.all[0].runes
	named := false
	for i, g := range p.Globs {
		if _, ok := EndsInName(g, name); ok {
			named = true
		} else if slices.ContainsFunc(p.nameTails(i), func(tail glob.Glob) bool { return tail.MatchesInAnyCase(name) }) {
			return 0
		}
	}
	if !named {
		return c.Solved.number("probe " + strconv.Itoa(p.id))
	}
	var text strings.Builder
	for _, g := range p.Globs {
		text.WriteByte(0)
		if prefix, ok := EndsInName(g, name); ok {
			text.WriteString(prefix.Identity() + "\x01" + own.all[0].as)
		} else {
			text.WriteString(g.Identity())
		}
	}
	return c.Solved.number("resource" + text.String())
}

// iamEntity is what a pattern begins with whose end may be a caller's own name, after "arn:" and the partition.
var iamEntity = []rune(":iam:")

// EndsInName is what comes before a name, when the glob is matched by ARNs of IAM that end in "/" and the name, and
// by nothing else.
func EndsInName(g glob.Glob, name []rune) (prefix glob.Glob, ok bool) {
	start := len(g) - len(name)
	if start < 1 || !g[:start].EndsWith('/') {
		return nil, false
	}
	for i, r := range name {
		if t := g[start+i]; t.Kind != glob.GlobLiteral || t.Fold || t.R != r {
			return nil, false
		}
	}
	const arn = "arn:"
	colons, i := 0, 0
	for ; i < start && colons < 2; i++ {
		t := g[i]
		if t.Kind != glob.GlobLiteral || t.Fold || i < len(arn) && t.R != rune(arn[i]) {
			return nil, false
		}
		if t.R == ':' {
			colons++
		}
	}
	for j, r := range iamEntity[1:] {
		if i+j >= start || g[i+j].Kind != glob.GlobLiteral || g[i+j].Fold || g[i+j].R != r {
			return nil, false
		}
	}
	return g[:start], true
}

// nameTails are the ends of a glob that names can meet, of texts that come to the name with a slash, but for ends
// that every name passes. Names have neither slashes nor colons.
func (p *Probe) nameTails(i int) []glob.Glob {
	if p.tails == nil {
		p.tails = make([][]glob.Glob, len(p.Globs))
		for n, g := range p.Globs {
			p.tails[n] = g.TailsAfterSlash()
		}
	}
	return p.tails[i]
}

// writtenKey writes a condition: own texts that it compares with as a whole, and no others, are replaced.
func (c *Caller) writtenKey(own *ownTexts, p *Probe) int {
	cond := p.cond
	if !cond.Textual() {
		if cond.Compare == engine.ComparePresence || !slices.ContainsFunc(own.all, func(o ownText) bool {
			return len(cond.Binaries) > 0 || cond.Matches(o.text, nil) || cond.Matches(strings.ToLower(o.text), nil) ||
				cond.Matches(strings.ToUpper(o.text), nil)
		}) {
			return c.Solved.number("probe " + strconv.Itoa(p.id))
		}
		return 0
	}
	var text strings.Builder
	compares := false
	for i := range cond.Texts {
		value := &cond.Texts[i]
		text.WriteByte(0)
		if value.IsLiteral() {
			if index := slices.IndexFunc(own.all, func(o ownText) bool { return o.text == value.Exact }); index >= 0 {
				compares = true
				text.WriteString("\x01" + own.all[index].as)
				continue
			}
		}
		g := glob.GlobOf(value, true)
		if !g.PassesEveryText() &&
			slices.ContainsFunc(own.all, func(o ownText) bool { return g.MatchesInAnyCase(o.runes) }) {
			return 0
		}
		text.WriteString(g.Identity())
	}
	for i := range cond.Arns {
		g := glob.GlobOfARN(&cond.Arns[i], false)
		if slices.ContainsFunc(own.all, func(o ownText) bool { return g.MatchesInAnyCase(o.runes) }) {
			return 0
		}
	}
	if !compares {
		return c.Solved.number("probe " + strconv.Itoa(p.id))
	}
	if d := c.domain(&cond.Key); d.Bools || d.Natural || d.Instant || len(cond.Arns) > 0 {
		return 0
	}
	return c.Solved.number("key " + p.name + "\x00" + cond.Source.Operator.String() + text.String())
}

// sharedAnswer is what a search found that found no request.
type sharedAnswer struct {
	denied  bool
	classes int
	// closed and narrow are the places of what closed its branches, among the statements to avoid and among the groups.
	closed, narrow []int
	// read are literals of the keys whose usual value was read.
	read map[string]Literal
}

// keep remembers the answer of a search that found nothing and ended.
func (c *Caller) keep(written string, a Answer, groups []layerGroup, avoid []*bound) {
	if written == "" || a.Open || a.GaveUp {
		return
	}
	kept := sharedAnswer{denied: a.Denied, classes: a.Classes, read: c.Search.read}
	for i, b := range avoid {
		if c.Search.closed[b.st] {
			kept.closed = append(kept.closed, i)
		}
	}
	for i, g := range groups {
		if slices.Contains(c.Search.narrow, g.source) {
			kept.narrow = append(kept.narrow, i)
		}
	}
	c.Solved.answers[written] = kept
}

// kept is the answer of a search that is written so, told with the statements of this caller.
func (c *Caller) kept(written string, try attempt, groups []layerGroup, avoid []*bound) (Answer, bool) {
	have, known := c.Solved.answers[written]
	if written == "" || !known {
		return Answer{}, false
	}
	s := c.Search
	for _, i := range have.closed {
		s.closed[avoid[i].st] = true
	}
	maps.Copy(s.usual, have.read)
	for _, i := range have.narrow {
		s.narrow = append(s.narrow, groups[i].source)
	}
	return Answer{C: c, Denied: have.denied, Classes: have.classes, Closers: s.closers(try.layers.Deny)}, true
}
