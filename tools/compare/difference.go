package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// found is what a build says of a claim about somebody.
type found struct {
	verdict string
	// steps are those of the way that shows that the claim does not hold.
	steps   int
	witness string
}

// about is a claim and whom it is about.
type about struct {
	stack, claim, subject string
	// nth tells findings about the same claim and the same subject apart.
	nth int
}

func (a about) String() string {
	text := strings.TrimSpace(a.stack + " " + a.claim + " " + a.subject)
	if a.nth > 0 {
		text += fmt.Sprintf(" (finding %d)", a.nth+1)
	}
	return text
}

// difference is what two builds say differently.
type difference struct {
	compared, open, sameWay, otherWay int
	// verdicts are the claims of which both say different things, by claim and verdicts, longer the ways.
	verdicts map[string][]string
	longer   []string
	// onlyBefore and onlyNow are the claims that one build alone has, by claim and verdict.
	onlyBefore, onlyNow map[string][]string
	// failed are the inputs of which a build said nothing.
	failed []string
}

func newDifference() *difference {
	return &difference{
		verdicts: map[string][]string{}, onlyBefore: map[string][]string{}, onlyNow: map[string][]string{},
	}
}

// compare adds what both builds say of one input.
func (d *difference) compare(name string, was, is map[about]found) {
	byText := func(a, b about) int { return strings.Compare(a.String(), b.String()) }
	for _, who := range slices.SortedFunc(maps.Keys(was), byText) {
		old := was[who]
		have, known := is[who]
		text := strings.TrimSpace(name + " " + who.String())
		if !known {
			alone(d.onlyBefore, who, text, old)
			continue
		}
		d.add(text, who.claim, old, have)
	}
	for _, who := range slices.SortedFunc(maps.Keys(is), byText) {
		if _, known := was[who]; !known {
			alone(d.onlyNow, who, strings.TrimSpace(name+" "+who.String()), is[who])
		}
	}
}

func alone(rowsByKind map[string][]string, who about, text string, f found) {
	kind := who.claim + ": " + f.verdict
	rowsByKind[kind] = append(rowsByKind[kind], text+"\n"+f.witness)
}

// add compares what both builds say of one claim about somebody.
func (d *difference) add(who, claim string, old, have found) {
	d.compared++
	if old.verdict != have.verdict {
		kind := fmt.Sprintf("%s: %s, now %s", claim, old.verdict, have.verdict)
		d.verdicts[kind] = append(d.verdicts[kind], who+"\n"+old.witness+have.witness)
		return
	}
	if old.witness == "" && have.witness == "" {
		return
	}
	d.open++
	switch {
	case old.witness == have.witness:
		d.sameWay++
	case have.steps > old.steps:
		d.longer = append(d.longer, fmt.Sprintf("%s\n%s%s", who, old.witness, have.witness))
	default:
		d.otherWay++
	}
}

// join adds another difference.
func (d *difference) join(other *difference) {
	d.compared += other.compared
	d.open += other.open
	d.sameWay += other.sameWay
	d.otherWay += other.otherWay
	d.longer = append(d.longer, other.longer...)
	d.failed = append(d.failed, other.failed...)
	for _, rows := range []struct{ to, from map[string][]string }{
		{d.verdicts, other.verdicts}, {d.onlyBefore, other.onlyBefore}, {d.onlyNow, other.onlyNow},
	} {
		for kind, more := range rows.from {
			rows.to[kind] = append(rows.to[kind], more...)
		}
	}
}

// differ is how many verdicts differ.
func (d *difference) differ() int {
	differ := 0
	for _, rows := range d.verdicts {
		differ += len(rows)
	}
	return differ
}

// write writes the difference with so many examples of each kind, and reports whether there is one.
func (d *difference) write(name string, examples int) bool {
	fmt.Printf(
		"%s: %d claims about somebody compared, %d verdicts differ; %d do not hold on both sides: "+
			"%d show the same way, %d another one of as many steps or fewer, %d a longer one\n",
		name, d.compared, d.differ(), d.open, d.sameWay, d.otherWay, len(d.longer),
	)
	show("", d.verdicts, examples)
	for _, other := range []struct {
		kind string
		rows []string
	}{{"a longer way", d.longer}, {"a build that fails", d.failed}} {
		if len(other.rows) > 0 {
			show("", map[string][]string{other.kind: other.rows}, examples)
		}
	}
	show("only before: ", d.onlyBefore, examples)
	show("only now: ", d.onlyNow, examples)
	return d.differ()+len(d.longer)+len(d.failed) > 0
}

func show(title string, kinds map[string][]string, examples int) {
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		rows := kinds[kind]
		fmt.Printf("  %s%s: %d\n", title, kind, len(rows))
		for _, row := range rows[:min(len(rows), examples)] {
			fmt.Printf("    %s\n", strings.ReplaceAll(strings.TrimSpace(row), "\n", "\n      "))
		}
	}
}
