package main

import (
	"fmt"
	"math"
	"runtime"
	"strings"
)

// text is the page.
func (t *table) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Performance

What the verbs cost that answer from the stack files: CPU seconds of the program (user and system) and the most memory that it had, medians of %d, on %d cores of %s/%s.
`+"`make performance`"+` generates the organizations, runs the program on them and writes this page; `+"`make performance ACCOUNTS=\"25 50 100\" BEFORE=<another build>`"+` takes other sizes and has another build
take turns. An organization has 20 people and 5 roles for each account, and one account in 25 is a jump account. The edit gives one role another project. Rows that do not say otherwise begin without
[kept verdicts](decisions/0135-verdicts-are-kept-by-what-they-rest-on.md).

The exponent says how a row grows: 1 is in proportion to the accounts. It is taken from the smallest and the largest size. Goals are for 100 accounts; where one is missed the page says by how much. "At first" is what
the row cost when the goals were set.

People, roles and accounts that differ in names alone are [proven once](decisions/0138-who-is-like-another-is-told-the-same.md), so that what is left is mostly linear: reading the files, writing down what each account rests on, and collecting
garbage. `+"`check`"+` after an edit proves the edited account and the account that its people sign in to, a quarter of what it costs; it still reads every file and compares every account with what was kept, and why that is so
is [decided](decisions/0171-every-file-is-read.md). `+"`diff`"+` proves everything once, because it says whether the stack files would be refused; it reads once what stands in both revisions, and goes the ways of those whose documents
differ. `+"`matrix`"+` goes each way of each person. `+"`deployer`"+` lists the resources with the Pulumi SDK: of people who are alike [those of one](decisions/0172-one-stands-for-people-who-are-alike.md). These verbs let
garbage grow to twice what is in use before they collect it, which takes memory and saves time. An account of which something does not hold is proven a second time, with everybody looked at.

|  |`, t.runs, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	for _, size := range t.sizes {
		fmt.Fprintf(&b, " %d accounts |", size)
	}
	b.WriteString(" exponent | 100 accounts at first | goal |\n|---|" + strings.Repeat("---|", len(t.sizes)+3) + "\n")
	for i, r := range rows {
		t.line(&b, r.name, t.costs[0][i], r.first, t.met(i, r.goal))
		if len(t.costs) > 1 && len(t.costs[1][i]) > 0 {
			t.line(&b, "the other build", t.costs[1][i], "", "")
		}
	}
	return b.String()
}

// goalAt is the number of accounts that goals are for.
const goalAt = 100

// met says whether a row meets its goal.
func (t *table) met(row int, goal cost) string {
	if goal == (cost{}) {
		return ""
	}
	text := fmt.Sprintf("%g s", goal.seconds)
	if goal.megabytes > 0 {
		text += fmt.Sprintf(", %g MB", goal.megabytes)
	}
	for at, size := range t.sizes {
		c := t.costs[0][row][at]
		switch {
		case size != goalAt:
		case c.seconds <= goal.seconds && (goal.megabytes == 0 || c.megabytes <= goal.megabytes):
			text += ": met"
		default:
			text += fmt.Sprintf(": %.1f times", c.seconds/goal.seconds)
			if goal.megabytes > 0 {
				text += fmt.Sprintf(", %.1f times", c.megabytes/goal.megabytes)
			}
		}
	}
	return text
}

func (t *table) line(b *strings.Builder, name string, costs []cost, first, goal string) {
	fmt.Fprintf(b, "| %s |", name)
	for at := range t.sizes {
		if at < len(costs) {
			fmt.Fprintf(b, " %.2f s, %.0f MB |", costs[at].seconds, costs[at].megabytes)
		} else {
			b.WriteString(" - |")
		}
	}
	exponent := "-"
	if last := len(costs) - 1; last > 0 && costs[0].seconds > 0 {
		grown := math.Log(costs[last].seconds / costs[0].seconds)
		exponent = fmt.Sprintf("%.2f", grown/math.Log(float64(t.sizes[last])/float64(t.sizes[0])))
	}
	fmt.Fprintf(b, " %s | %s | %s |\n", exponent, first, goal)
}
