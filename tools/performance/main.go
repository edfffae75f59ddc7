// Command performance generates organizations, runs the verbs of guardrails on them, and writes what they cost as a
// page.
//
// It takes the program, the page, how often each row is run, and the numbers of accounts:
//
//	go run ./performance -guardrails ../bin/guardrails -page ../docs/performance.md -runs 5 25 50 100
package main

import (
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// row is one verb on one organization. Before is what it cost at 100 accounts before the work was shared; empty where
// that was not measured.
type row struct {
	name   string
	spread bool
	edited bool
	args   []string
	before string
}

var rows = []row{
	{name: "`check`, people in jump accounts", args: []string{"check", "--brief"}, before: "6.0 s, 514 MB"},
	{name: "`check`, people in every account", spread: true, args: []string{"check", "--brief"}, before: "8.4 s"},
	{name: "`diff` of one role", edited: true, args: []string{"diff"}, before: "60 s, 526 MB"},
	{name: "`matrix`", args: []string{"matrix"}, before: "24.5 s"},
	{name: "`render --json`", args: []string{"render", "--json"}, before: "6.1 to 6.4 s"},
	{name: "`handover`", args: []string{"handover"}, before: "6.1 to 6.4 s"},
	{name: "`deployer --any-user`", args: []string{"deployer", "--any-user", "--json"}, before: "6.1 to 6.4 s"},
}

// cost is the CPU time of a run of the program itself in seconds, and the most memory that it had in MB.
type cost struct{ seconds, megabytes float64 }

func main() {
	log.SetFlags(0)
	program := flag.String("guardrails", "", "the program")
	page := flag.String("page", "", "the page to write")
	runs := flag.Int("runs", 3, "how often each row is run; the median counts")
	flag.Parse()
	var sizes []int
	for _, arg := range flag.Args() {
		n, err := strconv.Atoi(arg)
		if err != nil || n < 10 {
			log.Fatalf("%q is no number of accounts from 10 on", arg)
		}
		sizes = append(sizes, n)
	}
	if *program == "" || *page == "" || *runs < 1 || len(sizes) == 0 {
		log.Fatal("give -guardrails, -page and numbers of accounts")
	}
	absolute, err := filepath.Abs(*program)
	if err != nil {
		log.Fatal(err)
	}
	costs, err := measure(absolute, *runs, sizes)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*page, []byte(text(*runs, sizes, costs)), 0o644); err != nil {
		log.Fatal(err)
	}
}

// measure gives the medians of each row at each size. The rows take turns, so that what else the machine does meets
// all of them.
func measure(program string, runs int, sizes []int) ([][]cost, error) {
	all := make([][]cost, len(rows))
	for _, size := range sizes {
		folders, err := foldersOf(size)
		defer func() {
			for _, folder := range folders {
				_ = os.RemoveAll(folder)
			}
		}()
		if err != nil {
			return nil, err
		}
		found := make([][]cost, len(rows))
		for range runs {
			for i, r := range rows {
				folder := folders["jump"]
				if r.spread {
					folder = folders["spread"]
				} else if r.edited {
					folder = folders["edited"]
				}
				c, err := run(program, folder, r.args)
				if err != nil {
					return nil, fmt.Errorf("%s of %d accounts: %w", r.name, size, err)
				}
				found[i] = append(found[i], c)
			}
		}
		for i := range rows {
			all[i] = append(
				all[i],
				cost{
					median(found[i], func(c cost) float64 { return c.seconds }),
					median(found[i], func(c cost) float64 { return c.megabytes }),
				},
			)
		}
	}
	return all, nil
}

func run(program, folder string, args []string) (cost, error) {
	cmd := exec.Command(program, args...)
	cmd.Dir = folder
	var wrong strings.Builder
	cmd.Stderr = &wrong
	if err := cmd.Run(); err != nil {
		return cost{}, fmt.Errorf("%w\n%s", err, wrong.String())
	}
	used := cost{seconds: (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		used.megabytes = float64(usage.Maxrss) / 1024
	}
	return used, nil
}

// foldersOf has the organizations of a size: with people in jump accounts, in every account, and with an edit of one
// role that is not committed.
func foldersOf(size int) (map[string]string, error) {
	folders := map[string]string{}
	for _, name := range []string{"jump", "spread", "edited"} {
		folder, err := os.MkdirTemp("", "organization")
		if err != nil {
			return folders, err
		}
		folders[name] = folder
		o := organization{accounts: size, jumps: max(1, size/25)}
		if name == "spread" {
			o.jumps = 0
		}
		if err := o.write(folder); err != nil {
			return folders, err
		}
	}
	return folders, edit(folders["edited"], size)
}

// edit commits the stack files, and then gives the first role of the last account another project.
func edit(folder string, size int) error {
	for _, args := range [][]string{
		{"init", "-q"}, {"add", "."}, {"-c", "user.name=performance", "-c", "user.email=performance@example.com", "commit", "-qm", "organization"},
	} {
		cmd := exec.Command("git", args...)
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("git: %w\n%s", err, out)
		}
	}
	file := filepath.Join(folder, "Pulumi."+stackName(size-1)+".yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(strings.Replace(string(text), "project: Project ", "project: Edited ", 1)), 0o600)
}

func median(costs []cost, of func(cost) float64) float64 {
	var all []float64
	for _, c := range costs {
		all = append(all, of(c))
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

// text is the page.
func text(runs int, sizes []int, costs [][]cost) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Performance

What the verbs cost that answer from the stack files: CPU seconds of the program (user and system) and the most memory that it had, medians of %d, on %d cores of %s/%s.
`+"`make performance`"+` generates the organizations, runs the program on them and writes this page; `+"`make performance ACCOUNTS=\"25 50 100\"`"+` takes other sizes. An organization has 20 people and
5 roles for each account, and one account in 25 is a jump account. The last column is what 100 accounts cost before, in user seconds: another run, perhaps on a busier or idler machine.

The exponent says how a row grows: 1 is in proportion to the accounts. It is taken from the smallest and the largest size.

|  |`, runs, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	for _, size := range sizes {
		fmt.Fprintf(&b, " %d accounts |", size)
	}
	b.WriteString(" exponent | 100 accounts before |\n|---|" + strings.Repeat("---|", len(sizes)+2) + "\n")
	for i, r := range rows {
		fmt.Fprintf(&b, "| %s |", r.name)
		for _, c := range costs[i] {
			fmt.Fprintf(&b, " %.2f s, %.0f MB |", c.seconds, c.megabytes)
		}
		exponent := "-"
		if first, last := 0, len(sizes)-1; last > first && costs[i][first].seconds > 0 {
			exponent = fmt.Sprintf(
				"%.2f",
				math.Log(
					costs[i][last].seconds/costs[i][first].seconds,
				)/math.Log(
					float64(sizes[last])/float64(sizes[first]),
				),
			)
		}
		fmt.Fprintf(&b, " %s | %s |\n", exponent, r.before)
	}
	return b.String()
}
