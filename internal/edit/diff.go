package edit

import (
	"slices"
	"strings"
)

// Diff is the change for people: the lines that go, each behind "- ", and those that come, each behind "+ ", in the
// order of the file. Where lines that stay lie between, "  ..." stands for them. Blank lines are left out. A grant
// that comes or goes as a whole is one run of lines, from its comment or its dash to its last key, also where its
// neighbours read alike.
func (c *Change) Diff() string { return signed(c.difference()) }

// Brief is Diff in which an expectation that goes is its first line: what it expected goes with whom it was about.
func (c *Change) Brief() string { return signed(firstLines(c.difference())) }

func (c *Change) difference() []op {
	if c.ops != nil {
		return c.ops
	}
	return opsBetween(c.Before, c.After)
}

// firstLines leaves out what goes below the first line of an expectation that goes.
func firstLines(ops []op) []op {
	var out []op
	below := ""
	for _, o := range ops {
		switch text := strings.TrimLeft(o.line, " "); {
		case o.sign != '-':
			below = ""
		case o.line == "" || below != "" && strings.HasPrefix(o.line, below):
			continue
		case strings.HasPrefix(text, "- it: "):
			below = strings.Repeat(" ", len(o.line)-len(text)+2)
		default:
			below = ""
		}
		out = append(out, o)
	}
	return out
}

// trimmed are the lines of a text without their ends.
func trimmed(text []byte) []string {
	lines := linesOf(text)
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, lineEnds)
	}
	return lines
}

// opsBetween turns one text into the other, in one step.
func opsBetween(from, to []byte) []op {
	before, after := trimmed(from), trimmed(to)
	first := commonLines(before, after, func(lines []string, i int) string { return lines[i] })
	last := commonLines(
		before[first:],
		after[first:],
		func(lines []string, i int) string { return lines[len(lines)-1-i] },
	)
	ops := opsOf(before[first:len(before)-last], after[first:len(after)-last])
	return settled(slices.Concat(stays(before[:first]), ops, stays(before[len(before)-last:])))
}

// origin says of each line of a text which line of an earlier one it is; below zero for one that came. Steps that are
// taken one by one, each of which is told whole, are told whole together: neighbours that read alike are not mixed.
type origin []int

func origins(lines int) origin {
	o := make(origin, lines)
	for i := range o {
		o[i] = i
	}
	return o
}

// after is where the lines come from after one more step.
func (o origin) after(step []op) origin {
	var next origin
	i := 0
	for _, one := range step {
		switch one.sign {
		case '+':
			next = append(next, -1)
			continue
		case ' ':
			next = append(next, o[i])
		}
		i++
	}
	return next
}

// ops are how the texts differ.
func (o origin) ops(before, after []string) []op {
	ops, i := []op{}, 0
	var come []op
	upTo := func(end int) {
		for ; i < end; i++ {
			ops = append(ops, op{'-', before[i]})
		}
		ops, come = append(ops, come...), nil
	}
	for j, from := range o {
		if from < 0 {
			come = append(come, op{'+', after[j]})
			continue
		}
		upTo(from)
		ops, i = append(ops, op{' ', before[i]}), i+1
	}
	upTo(len(before))
	return ops
}

// stays are lines that both texts have.
func stays(lines []string) []op {
	ops := make([]op, len(lines))
	for i, line := range lines {
		ops[i] = op{' ', line}
	}
	return ops
}

// commonLines is how many lines two texts have in common, from the one that at gives first.
func commonLines(a, b []string, lineAt func([]string, int) string) int {
	n := 0
	for n < min(len(a), len(b)) && lineAt(a, n) == lineAt(b, n) {
		n++
	}
	return n
}

// op is a line of a difference: ' ' for one that stays, '-' for one that goes and '+' for one that comes.
type op struct {
	sign byte
	line string
}

// signed are the lines that go and come.
func signed(ops []op) string {
	var b strings.Builder
	skipped := false
	for _, o := range ops {
		switch {
		case o.sign == ' ':
			skipped = true
		case o.line != "":
			if skipped && b.Len() > 0 {
				b.WriteString("  ...\n")
			}
			skipped = false
			b.WriteString(string(o.sign) + " " + o.line + "\n")
		}
	}
	return b.String()
}

// opsOf turns one text into the other. What goes or comes stands as late as it can.
func opsOf(before, after []string) []op {
	common := longestCommon(before, after)
	var ops []op
	for i, j := 0, 0; i < len(before) || j < len(after); {
		switch {
		case i < len(before) && j < len(after) && before[i] == after[j]:
			ops = append(ops, op{' ', before[i]})
			i, j = i+1, j+1
		case j == len(after) || i < len(before) && common[i+1][j] >= common[i][j+1]:
			ops = append(ops, op{'-', before[i]})
			i++
		default:
			ops = append(ops, op{'+', after[j]})
			j++
		}
	}
	return ops
}

// settled moves blocks that only go, or only come, over lines that read like their own to where the first line is
// indented least: an entry of a list is then told from its dash on, and not from the middle of its neighbour.
func settled(ops []op) []op {
	for first := 0; first < len(ops); {
		sign, end := ops[first].sign, first
		for end < len(ops) && ops[end].sign == sign {
			end++
		}
		if alone := end == len(ops) || ops[end].sign == ' '; sign != ' ' && alone {
			slide(ops, first, end)
		}
		first = end
	}
	return ops
}

// slide moves the block from first up to end towards the beginning, over lines that read like its last ones, to where
// its first line is indented least, the earliest of these.
func slide(ops []op, first, end int) {
	sign, best := ops[first].sign, first
	for first > 0 && ops[first-1] == (op{' ', ops[end-1].line}) {
		first, end = first-1, end-1
		ops[first].sign, ops[end].sign = sign, ' '
		if line := ops[first].line; !blank(line) && (blank(ops[best].line) || leading(line) <= leading(ops[best].line)) {
			best = first
		}
	}
	for ; first < best; first, end = first+1, end+1 {
		ops[first].sign, ops[end].sign = ' ', sign
	}
}

// longestCommon is the length of the longest common subsequence of the lines from i of a and from j of b, for each i
// and j.
func longestCommon(a, b []string) [][]int {
	length := make([][]int, len(a)+1)
	for i := range length {
		length[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	return length
}
