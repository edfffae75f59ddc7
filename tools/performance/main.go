// Command performance generates organizations, runs the verbs of guardrails on them, and writes what they cost as a
// page.
//
// It takes the program, the page, how often each row is run, and the numbers of accounts. Another build of the program
// may be given, which then takes turns with it:
//
//	go run ./performance -guardrails ../bin/guardrails -before /tmp/old -page ../docs/performance.md -runs 5 25 50 100
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// row is one verb on one organization.
type row struct {
	name string
	// folder is which of the folders it runs in.
	folder folder
	// kept says that verdicts of the folder as it was committed are there; otherwise none are.
	kept bool
	args []string
	// goal is what it should cost at 100 accounts; zero where there is no goal.
	goal cost
	// first is what it cost at 100 accounts when the goals were set.
	first string
	// fresh says that a program without kept verdicts has nothing to compare with.
	fresh bool
}

type folder string

const (
	jump   folder = "jump"
	spread folder = "spread"
	edited folder = "edited"
	crowd  folder = "crowd"
)

var check = []string{"check", "--brief"}

var rows = []row{
	{
		name: "`check`, people in jump accounts", folder: jump, args: check,
		first: "6.0 s, 514 MB", goal: cost{seconds: 2, megabytes: 400},
	},
	{name: "`check`, people in every account", folder: spread, args: check, first: "8.4 s", goal: cost{seconds: 3}},
	{name: "`check` again, nothing changed", folder: jump, kept: true, fresh: true, args: check},
	{
		name: "`check` after an edit of one role", folder: edited, kept: true, fresh: true, args: check,
		first: "6.0 s", goal: cost{seconds: 0.5},
	},
	{
		name: "`diff` of that edit", folder: edited, args: []string{"diff"},
		first: "60 s, 526 MB", goal: cost{seconds: 2},
	},
	{
		name: "`diff` of that edit after `check`", folder: edited, kept: true, fresh: true, args: []string{"diff"},
		first: "60 s", goal: cost{seconds: 2},
	},
	{name: "`matrix`", folder: jump, args: []string{"matrix"}, first: "24.5 s", goal: cost{seconds: 2}},
	{name: "`render --json`", folder: jump, args: []string{"render", "--json"}, first: "6.1 s", goal: cost{seconds: 1}},
	{name: "`handover`", folder: jump, args: []string{"handover"}, first: "6.1 s", goal: cost{seconds: 1}},
	{
		name: "`deployer --any-user`", folder: jump, args: []string{"deployer", "--any-user", "--json"},
		first: "6.4 s", goal: cost{seconds: 1},
	},
	{
		name: "`check` of one account with all the people", folder: crowd, args: check,
		first: "6.9 s, 627 MB", goal: cost{seconds: 1, megabytes: 150},
	},
	{
		name: "`audit` of that account (the goal is for 1,044 principals)", folder: crowd, args: []string{"audit", details},
		first: "8.0 s", goal: cost{seconds: 2},
	},
}

// details is the file that audit reads.
const details = "details.json"

// cost is the CPU time of a run of the program itself in seconds, and the most memory that it had in MB.
type cost struct{ seconds, megabytes float64 }

// program is a build of guardrails.
type program struct{ path string }

func main() {
	log.SetFlags(0)
	now := flag.String("guardrails", "", "the program")
	before := flag.String("before", "", "another build of the program, to take turns with it")
	upTo := flag.Int("before-up-to", 50, "the largest number of accounts that the other build is run on")
	page := flag.String("page", "", "the page to write")
	runs := flag.Int("runs", 3, "how often each row is run; the median counts")
	write := flag.String("write", "", "a folder to write the organizations to, of one number of accounts, without measuring")
	flag.Parse()
	var sizes []int
	for _, arg := range flag.Args() {
		n, err := strconv.Atoi(arg)
		if err != nil || n < 10 {
			log.Fatalf("%q is no number of accounts from 10 on", arg)
		}
		sizes = append(sizes, n)
	}
	if *now == "" || (*page == "") == (*write == "") || *runs < 1 || len(sizes) == 0 {
		log.Fatal("give -guardrails, either -page or -write, and numbers of accounts")
	}
	var programs []program
	for _, name := range []string{*now, *before} {
		if name == "" {
			continue
		}
		absolute, err := filepath.Abs(name)
		if err != nil {
			log.Fatal(err)
		}
		programs = append(programs, program{absolute})
	}
	if *write != "" {
		if _, err := newOrganizations(*write, sizes[0], programs[0]); err != nil {
			log.Fatal(err)
		}
		return
	}
	t := table{runs: *runs, upTo: *upTo, costs: make([]map[int][]cost, len(programs))}
	for i := range programs {
		t.costs[i] = map[int][]cost{}
	}
	for n, size := range sizes {
		if err := t.measureIn(size, programs); err != nil {
			log.Fatal(err)
		}
		// The larger sizes take long: what is measured so far is there meanwhile.
		t.sizes = sizes[:n+1]
		if err := os.WriteFile(*page, []byte(t.text()+byHand(*page)), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// byHand is what stands on the page below the table: from its first heading of the second level on.
func byHand(page string) string {
	text, err := os.ReadFile(page)
	if err != nil {
		return ""
	}
	_, below, found := strings.Cut(string(text), "\n## ")
	if !found {
		return ""
	}
	return "\n## " + below
}

// table is what was measured: for each program and row, the medians in the order of the sizes.
type table struct {
	runs int
	// upTo is the largest size that another build is run on.
	upTo int
	// sizes are those that were measured.
	sizes []int
	costs []map[int][]cost
}

// measureIn makes the organizations of one size, and runs each row on them.
func (t *table) measureIn(size int, programs []program) error {
	dir, err := os.MkdirTemp("", "organization")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	o, err := newOrganizations(dir, size, programs[0])
	if err != nil {
		return err
	}
	return t.measureAt(size, o, programs)
}

// measureAt runs each row at one size. The rows and the programs take turns, so that what else the machine does meets
// all of them.
func (t *table) measureAt(size int, o *organizations, programs []program) error {
	found := make([]map[int][]cost, len(programs))
	for n := range found {
		found[n] = map[int][]cost{}
	}
	for range t.runs {
		for i, r := range rows {
			for n, p := range programs {
				if n > 0 && (r.fresh || size > t.upTo) {
					continue
				}
				c, err := o.run(p, r)
				if err != nil {
					return fmt.Errorf("%s of %d accounts: %w", r.name, size, err)
				}
				found[n][i] = append(found[n][i], c)
			}
		}
	}
	for n := range programs {
		for i, all := range found[n] {
			t.costs[n][i] = append(t.costs[n][i], cost{
				median(all, func(c cost) float64 { return c.seconds }),
				median(all, func(c cost) float64 { return c.megabytes }),
			})
		}
	}
	return nil
}

// run runs one row.
func (o *organizations) run(p program, r row) (cost, error) {
	cache := filepath.Join(o.dir, "cache")
	if err := os.RemoveAll(cache); err != nil {
		return cost{}, err
	}
	if r.kept {
		if err := os.CopyFS(cache, os.DirFS(o.kept)); err != nil {
			return cost{}, err
		}
		// What others can write is not believed.
		if err := os.Chmod(filepath.Join(cache, "guardrails", "verdicts"), 0o700); err != nil {
			return cost{}, err
		}
	}
	return p.run(o.folder(r.folder), cache, r.args)
}

func (p program) run(folder, cache string, args []string) (cost, error) {
	cmd := exec.Command(p.path, args...)
	cmd.Dir, cmd.Env = folder, append(os.Environ(), "XDG_CACHE_HOME="+cache)
	var wrong strings.Builder
	cmd.Stderr = &wrong
	// An audit that finds something exits with 1.
	if err := cmd.Run(); err != nil && (args[0] != "audit" || cmd.ProcessState.ExitCode() != 1) {
		return cost{}, fmt.Errorf("%w\n%s", err, wrong.String())
	}
	used := cost{seconds: (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		used.megabytes = float64(usage.Maxrss) / 1024
	}
	return used, nil
}

func median(costs []cost, value func(cost) float64) float64 {
	var all []float64
	for _, c := range costs {
		all = append(all, value(c))
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}
