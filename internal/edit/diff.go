package edit

import "strings"

// Diff is the change for people: the lines that go, each behind "- ", and those that come, each behind "+ ", in the order of the file. Where lines
// that stay lie between, "  ..." stands for them. Blank lines are left out.
func (c *Change) Diff() string {
	before, after := strings.SplitAfter(string(c.Before), "\n"), strings.SplitAfter(string(c.After), "\n")
	common := longestCommon(before, after)
	var b strings.Builder
	skipped := false
	show := func(sign, line string) {
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			return
		}
		if skipped && b.Len() > 0 {
			b.WriteString("  ...\n")
		}
		skipped = false
		b.WriteString(sign + line + "\n")
	}
	for i, j := 0, 0; i < len(before) || j < len(after); {
		switch {
		case i < len(before) && j < len(after) && before[i] == after[j]:
			skipped, i, j = true, i+1, j+1
		case j == len(after) || i < len(before) && common[i+1][j] >= common[i][j+1]:
			show("- ", before[i])
			i++
		default:
			show("+ ", after[j])
			j++
		}
	}
	return b.String()
}

// longestCommon is the length of the longest common subsequence of the lines from i of a and from j of b, for each i and j.
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
