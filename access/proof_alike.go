package access

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Most users of an account differ in nothing but their names, and most of its roles in nothing but their tags. A search that found no request for one
// of them finds none for another when the two searches are the same but for the texts of their own: the user's name at the end of an IAM ARN, and a
// name, unique id, ARN or tag value that a condition compares with as a whole. To tell so, every literal is written with the caller's own texts replaced
// by what they are (the name, the unique id, the tag Project), and the searches are shared by what is written. Two searches that are written alike find a
// request or find none together, because exchanging the own texts of one caller for those of the other turns every request of the one into one of the
// other with the same test results. That needs a strict rule: nothing else that is tested may tell the own texts from each other or from those
// of others, in whatever case (docs/decisions/0042). user/b* tells bob from alice, so neither a search of bob's nor one of b*'s members is shared; alice and carol share theirs.
//
// Answers with a witness are never shared: they name people.

// ownTexts are the texts that are a caller's own.
type ownTexts struct {
	// name is that of a user, empty for roles, which no pattern of theirs has to name.
	name string
	all  []ownText
	// written are the probes as they are written for the caller; zero marks one that tells own texts apart.
	written map[*probe]int
}

type ownText struct {
	// as is what the text is, and a mark if it has letters, which have a case.
	as, text string
	runes    []rune
}

// own are the own texts of the caller; nil when no search of the caller may be shared.
func (c *caller) own() *ownTexts {
	if c.owns != nil || c.unshared {
		return c.owns
	}
	c.unshared = c.any != nil || c.freeTag != nil || c.session.limit != nil || c.principal.kind != userPrincipal && c.principal.kind != rolePrincipal
	if c.unshared {
		return nil
	}
	if c.principal.kind == userPrincipal {
		// All sessions of a user have the same texts.
		if have := c.lab.owns[c.principal]; have != nil {
			c.owns = have
			return have
		}
		defer func() { c.lab.owns[c.principal] = c.owns }()
	}
	own := &ownTexts{written: map[*probe]int{}}
	add := func(as, text string) {
		if text == "" || slices.ContainsFunc(own.all, func(have ownText) bool { return have.text == text }) {
			return
		}
		// Two texts that differ in case are not exchanged apart from each other.
		c.unshared = c.unshared || slices.ContainsFunc(own.all, func(have ownText) bool { return strings.EqualFold(have.text, text) })
		own.all = append(own.all, ownText{as: as + cased(text), text: text, runes: []rune(text)})
	}
	if c.principal.kind == userPrincipal {
		own.name = c.principal.name
		add("name", own.name)
	}
	id := c.env().lookup(&key{kind: keyUserID})
	add("id", id.one)
	add("arn", c.principal.arn)
	tags := slices.Clone(c.principal.tags)
	slices.SortFunc(tags, func(a, b Tag) int { return strings.Compare(strings.ToLower(a.Key), strings.ToLower(b.Key)) })
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
func (c *caller) shared(at attempt, groups []layerGroup, avoid []*bound) string {
	own := c.own()
	b := c.search.b
	if own == nil || len(b.assigned) > 0 || len(b.open) > 0 {
		return ""
	}
	var out []byte
	var read []literal
	ok := true
	write := func(bound *bound) {
		n := c.writtenBound(own, bound)
		ok = ok && n != 0
		out = strconv.AppendInt(out, int64(n), 36)
		out = append(out, ' ')
	}
	list := func(statements []*statement) {
		for _, st := range statements {
			if st == nil {
				out = append(out, '-', ' ')
				continue
			}
			bound := b.bind(st)
			read = append(read, bound.lits...)
			write(bound)
		}
		out = append(out, ';')
	}
	out = strconv.AppendBool(out, at.closed)
	out = strconv.AppendBool(out, len(at.unknowns) > 0)
	list(at.allow)
	list(at.also)
	list(at.q.forbidden)
	for _, g := range groups {
		for _, bound := range g.allow {
			write(bound)
		}
		out = append(out, '|')
	}
	for _, bound := range c.withTagRules(avoid, groups, read) {
		write(bound)
	}
	if !ok || len(b.open) > 0 {
		return ""
	}
	return string(out)
}

// writtenBound is the number of a statement as it is written; zero when it cannot be shared.
func (c *caller) writtenBound(own *ownTexts, b *bound) int {
	if b.written != 0 {
		return max(b.written, 0)
	}
	b.written = -1
	var text []byte
	if b.never {
		text = append(text, "never"...)
	} else {
		for _, l := range b.lits {
			n := c.writtenProbe(own, l.probe)
			if n == 0 {
				return 0
			}
			if !l.want {
				n = -n
			}
			text = strconv.AppendInt(text, int64(n), 36)
			text = append(text, ' ')
		}
	}
	b.written = c.lab.number("statement " + string(text))
	return b.written
}

// number gives the same number to the same text, from one.
func (l *lab) number(text string) int {
	n, known := l.numbers[text]
	if !known {
		n = len(l.numbers) + 1
		l.numbers[text] = n
	}
	return n
}

// writtenProbe is the number of a probe as it is written for a caller; zero when it tells own texts apart.
func (c *caller) writtenProbe(own *ownTexts, p *probe) int {
	if n, known := own.written[p]; known {
		return n
	}
	n := 0
	switch {
	case p.kind == probeAction:
		n = c.lab.number("probe " + strconv.Itoa(p.id))
	case p.kind == probeResource:
		n = c.writtenResource(own, p)
	default:
		n = c.writtenKey(own, p)
	}
	own.written[p] = n
	return n
}

func (c *caller) writtenResource(own *ownTexts, p *probe) int {
	if p.namesakes {
		return c.lab.number("namesakes" + cased(own.name))
	}
	if own.name == "" {
		return c.lab.number("probe " + strconv.Itoa(p.id))
	}
	name := own.all[0].runes
	named := false
	for i, g := range p.globs {
		if _, ok := g.endsInName(name); ok {
			named = true
		} else if slices.ContainsFunc(p.nameTails(i), func(tail glob) bool { return tail.matchesInAnyCase(name) }) {
			return 0
		}
	}
	if !named {
		return c.lab.number("probe " + strconv.Itoa(p.id))
	}
	var text strings.Builder
	for _, g := range p.globs {
		text.WriteByte(0)
		if prefix, ok := g.endsInName(name); ok {
			text.WriteString(prefix.identity() + "\x01" + own.all[0].as)
		} else {
			text.WriteString(g.identity())
		}
	}
	return c.lab.number("resource" + text.String())
}

// iamEntity is what a pattern begins with whose end may be a caller's own name, after "arn:" and the partition.
var iamEntity = []rune(":iam:")

// endsInName is what comes before a name, when the glob is matched by ARNs of IAM that end in "/" and the name, and by nothing else.
func (g glob) endsInName(name []rune) (prefix glob, ok bool) {
	at := len(g) - len(name)
	if at < 1 || !g[:at].endsWith('/') {
		return nil, false
	}
	for i, r := range name {
		if t := g[at+i]; t.kind != globLiteral || t.fold || t.r != r {
			return nil, false
		}
	}
	const arn = "arn:"
	colons, i := 0, 0
	for ; i < at && colons < 2; i++ {
		t := g[i]
		if t.kind != globLiteral || t.fold || i < len(arn) && t.r != rune(arn[i]) {
			return nil, false
		}
		if t.r == ':' {
			colons++
		}
	}
	for j, r := range iamEntity[1:] {
		if i+j >= at || g[i+j].kind != globLiteral || g[i+j].fold || g[i+j].r != r {
			return nil, false
		}
	}
	return g[:at], true
}

func (g glob) endsWith(r rune) bool {
	n := len(g)
	return n > 0 && g[n-1].kind == globLiteral && !g[n-1].fold && g[n-1].r == r
}

// nameTails are the ends of a glob that names can meet, of texts that come to the name with a slash, but for ends that every name passes. Names have
// neither slashes nor colons.
func (p *probe) nameTails(i int) []glob {
	if p.tails == nil {
		p.tails = make([][]glob, len(p.globs))
		for n, g := range p.globs {
			p.tails[n] = g.tailsAfterSlash()
		}
	}
	return p.tails[i]
}

func (g glob) tailsAfterSlash() []glob {
	var tails []glob
	for i := range g {
		before := i > 0 && (g[i-1].kind != globLiteral || g[i-1].r == '/')
		if !before && g[i].kind != globAny {
			continue
		}
		tail := g[i:]
		if tail.passesEveryName() || slices.ContainsFunc(tail, func(t globToken) bool { return t.kind == globLiteral && (t.r == '/' || t.r == ':') }) {
			continue
		}
		tails = append(tails, tail)
	}
	return tails
}

// passesEveryName reports whether every text without a colon that is not empty matches.
func (g glob) passesEveryName() bool {
	ones, any := 0, false
	for _, t := range g {
		switch t.kind {
		case globLiteral:
			return false
		case globOne:
			ones++
		case globAny:
			any = true
		}
	}
	return any && ones <= 1
}

// matchesInAnyCase reports whether the glob would match the text if case did not matter.
func (g glob) matchesInAnyCase(text []rune) bool {
	at, in := 0, 0
	star, starIn := -1, 0
	for in < len(text) {
		switch {
		case at < len(g) && g[at].kind == globAny:
			star, starIn = at, in
			at++
			continue
		case at < len(g) && (g[at].kind == globOne || g[at].r == text[in] || equalFoldRune(g[at].r, text[in])):
			at++
			in++
			continue
		case star < 0:
			return false
		}
		starIn++
		at, in = star+1, starIn
	}
	for at < len(g) && g[at].kind == globAny {
		at++
	}
	return at == len(g)
}

// writtenKey writes a condition: own texts that it compares with as a whole, and no others, are replaced.
func (c *caller) writtenKey(own *ownTexts, p *probe) int {
	cond := p.cond
	if !cond.textual() {
		if cond.compare == comparePresence || !slices.ContainsFunc(own.all, func(o ownText) bool {
			return len(cond.binaries) > 0 || cond.matches(o.text, nil) || cond.matches(strings.ToLower(o.text), nil) || cond.matches(strings.ToUpper(o.text), nil)
		}) {
			return c.lab.number("probe " + strconv.Itoa(p.id))
		}
		return 0
	}
	var text strings.Builder
	compares := false
	for i := range cond.texts {
		value := &cond.texts[i]
		text.WriteByte(0)
		if value.isLiteral() {
			if at := slices.IndexFunc(own.all, func(o ownText) bool { return o.text == value.exact }); at >= 0 {
				compares = true
				text.WriteString("\x01" + own.all[at].as)
				continue
			}
		}
		g := globOf(value, true)
		if !g.passesEveryText() && slices.ContainsFunc(own.all, func(o ownText) bool { return g.matchesInAnyCase(o.runes) }) {
			return 0
		}
		text.WriteString(g.identity())
	}
	for i := range cond.arns {
		g := globOfARN(&cond.arns[i], false)
		if slices.ContainsFunc(own.all, func(o ownText) bool { return g.matchesInAnyCase(o.runes) }) {
			return 0
		}
	}
	if !compares {
		return c.lab.number("probe " + strconv.Itoa(p.id))
	}
	if d := c.domain(&cond.key); d.bools || d.natural || d.instant || len(cond.arns) > 0 {
		return 0
	}
	return c.lab.number("key " + p.name + "\x00" + cond.source.Operator.String() + text.String())
}

// passesEveryText reports whether every text matches that is not empty.
func (g glob) passesEveryText() bool {
	return g.passesEveryName() && !slices.ContainsFunc(g, func(t globToken) bool { return t.bounded })
}

// sharedAnswer is what a search found that found no request.
type sharedAnswer struct {
	denied  bool
	classes int
	// closed and narrow are the places of what closed its branches, among the statements to avoid and among the groups.
	closed, narrow []int
	// read are literals of the keys whose usual value was read.
	read map[string]literal
}

// keep remembers the answer of a search that found nothing and ended.
func (c *caller) keep(written string, a answer, groups []layerGroup, avoid []*bound) {
	if written == "" || a.open || a.gaveUp {
		return
	}
	kept := sharedAnswer{denied: a.denied, classes: a.classes, read: c.search.read}
	for i, b := range avoid {
		if c.search.closed[b.st] {
			kept.closed = append(kept.closed, i)
		}
	}
	for i, g := range groups {
		if slices.Contains(c.search.narrow, g.by) {
			kept.narrow = append(kept.narrow, i)
		}
	}
	c.lab.answers[written] = kept
}

// kept is the answer of a search that is written so, told with the statements of this caller.
func (c *caller) kept(written string, at attempt, groups []layerGroup, avoid []*bound) (answer, bool) {
	have, known := c.lab.answers[written]
	if written == "" || !known {
		return answer{}, false
	}
	s := c.search
	for _, i := range have.closed {
		s.closed[avoid[i].st] = true
	}
	maps.Copy(s.usual, have.read)
	for _, i := range have.narrow {
		s.narrow = append(s.narrow, groups[i].by)
	}
	return answer{c: c, denied: have.denied, classes: have.classes, closers: s.closers(at.layers.deny)}, true
}
