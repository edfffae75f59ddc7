// Command compare holds two builds of guardrails to each other: on generated accounts, which both audit, and on folders
// of stack files, which both check. It lists every claim about somebody of which they say different things, every way
// that the second build shows with more steps than the first, and what only one of them says.
//
//	go run ./compare -before /tmp/old -now ../bin/guardrails -worlds 1000 ../examples/organization
//
// It exits with 1 where a verdict differs or a way is longer.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
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
type about struct{ stack, claim, subject string }

func (a about) String() string { return strings.TrimSpace(a.stack + " " + a.claim + " " + a.subject) }

// difference is what two builds say differently.
type difference struct {
	compared, open, sameWay, otherWay int
	// verdicts are the claims of which both say different things, by claim and verdicts, longer the ways.
	verdicts map[string][]string
	longer   []string
	// onlyBefore and onlyNow are how many rows of a claim one build alone has, with their verdicts.
	onlyBefore, onlyNow map[string]int
}

func main() {
	log.SetFlags(0)
	before := flag.String("before", "", "the build that is taken as right")
	now := flag.String("now", "", "the build that is held to it")
	worlds := flag.Int("worlds", 0, "how many accounts to generate")
	seed := flag.Uint64("seed", 1, "what the accounts are generated from")
	flag.Parse()
	if *before == "" || *now == "" || *worlds == 0 && flag.NArg() == 0 {
		log.Fatal("give -before, -now, and -worlds or folders of stack files")
	}
	dir, err := os.MkdirTemp("", "compare")
	if err != nil {
		log.Fatal(err)
	}
	different, err := compare(dir, *before, *now, *worlds, *seed, flag.Args())
	_ = os.RemoveAll(dir)
	if err != nil {
		log.Fatal(err)
	}
	if different {
		os.Exit(1)
	}
}

func compare(dir, before, now string, worlds int, seed uint64, folders []string) (different bool, err error) {
	builds := []build{{path: before, cache: filepath.Join(dir, "before")}, {path: now, cache: filepath.Join(dir, "now")}}
	for i := range builds {
		if builds[i].path, err = filepath.Abs(builds[i].path); err != nil {
			return false, err
		}
	}
	if worlds > 0 {
		d := newDifference()
		for n := range worlds {
			text := account(rand.New(rand.NewPCG(seed, uint64(n))))
			if err := d.of(fmt.Sprintf("account %d", n), builds, dir, text, "audit", "--json", "-"); err != nil {
				return false, err
			}
		}
		different = d.write(fmt.Sprintf("%d generated accounts (seed %d)", worlds, seed)) || different
	}
	for _, folder := range folders {
		d := newDifference()
		if err := d.of("", builds, folder, nil, "check", "--json"); err != nil {
			return false, err
		}
		different = d.write(folder) || different
	}
	return different, nil
}

func newDifference() *difference {
	return &difference{verdicts: map[string][]string{}, onlyBefore: map[string]int{}, onlyNow: map[string]int{}}
}

// of adds what both builds say of one input.
func (d *difference) of(name string, builds []build, dir string, input []byte, args ...string) error {
	var both [2]map[about]found
	for i, b := range builds {
		out, err := b.run(dir, input, args...)
		if err != nil {
			return fmt.Errorf("%s %s: %w", b.path, name, err)
		}
		if both[i], err = read(out); err != nil {
			return fmt.Errorf("%s %s: %w", b.path, name, err)
		}
	}
	was, is := both[0], both[1]
	byText := func(a, b about) int { return strings.Compare(a.String(), b.String()) }
	for _, who := range slices.SortedFunc(maps.Keys(was), byText) {
		old := was[who]
		have, known := is[who]
		if !known {
			d.onlyBefore[who.claim+": "+old.verdict]++
			continue
		}
		d.add(strings.TrimSpace(name+" "+who.String()), who.claim, old, have)
	}
	for who, have := range is {
		if _, known := was[who]; !known {
			d.onlyNow[who.claim+": "+have.verdict]++
		}
	}
	return nil
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

// examples is how many of a kind of difference are shown.
const examples = 3

// write writes the difference, and reports whether there is one.
func (d *difference) write(name string) bool {
	differ := 0
	for _, rows := range d.verdicts {
		differ += len(rows)
	}
	fmt.Printf(
		"%s: %d claims about somebody compared, %d verdicts differ; %d do not hold on both sides: "+
			"%d show the same way, %d another one of as many steps or fewer, %d a longer one\n",
		name, d.compared, differ, d.open, d.sameWay, d.otherWay, len(d.longer),
	)
	for _, kind := range slices.Sorted(maps.Keys(d.verdicts)) {
		show(kind, d.verdicts[kind])
	}
	if len(d.longer) > 0 {
		show("a longer way", d.longer)
	}
	for _, alone := range []struct {
		title string
		of    map[string]int
	}{{"before", d.onlyBefore}, {"now", d.onlyNow}} {
		for _, claim := range slices.Sorted(maps.Keys(alone.of)) {
			fmt.Printf("  only %s: %s: %d\n", alone.title, claim, alone.of[claim])
		}
	}
	return differ+len(d.longer) > 0
}

func show(kind string, rows []string) {
	fmt.Printf("  %s: %d\n", kind, len(rows))
	for _, row := range rows[:min(len(rows), examples)] {
		fmt.Printf("    %s\n", strings.ReplaceAll(strings.TrimSpace(row), "\n", "\n      "))
	}
}

// build is a build of guardrails.
type build struct{ path, cache string }

// run gives the standard output of a run. Whatever does not hold exits with 1.
func (b build) run(dir string, input []byte, args ...string) ([]byte, error) {
	cmd := exec.Command(b.path, args...)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader(input)
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+b.cache)
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	if err != nil && (cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 1 || len(out) == 0) {
		return nil, fmt.Errorf("%w\n%s", err, wrong.String())
	}
	return out, nil
}

// finding is a finding as check and audit print it.
type finding struct {
	ID, Subject, Verdict, Witness string
}

// read reads what check or audit printed.
func read(out []byte) (map[about]found, error) {
	var printed struct {
		Findings []finding
		Stacks   []struct {
			Stack  string
			Proofs []struct {
				ID       string
				Findings []finding
			}
			Expectations []struct{ It, Verdict, Got string }
		}
	}
	if err := json.Unmarshal(out, &printed); err != nil {
		return nil, err
	}
	all := map[about]found{}
	add := func(stack, id string, f finding) {
		all[about{stack, id, f.Subject}] = found{f.Verdict, strings.Count(f.Witness, "\n"), f.Witness}
	}
	for _, f := range printed.Findings {
		add("", f.ID, f)
	}
	for _, s := range printed.Stacks {
		for _, p := range s.Proofs {
			for _, f := range p.Findings {
				add(s.Stack, p.ID, f)
			}
		}
		for _, x := range s.Expectations {
			all[about{s.Stack, "expectation", x.It}] = found{verdict: x.Verdict + " " + x.Got}
		}
	}
	return all, nil
}
