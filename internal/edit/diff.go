package edit

import "strings"

// Diff is the change for people: the lines that go, each behind "- ", and those that come, each behind "+ ".
func (c *Change) Diff() string {
	before, after := strings.SplitAfter(string(c.Before), "\n"), strings.SplitAfter(string(c.After), "\n")
	for len(before) > 0 && len(after) > 0 && before[0] == after[0] {
		before, after = before[1:], after[1:]
	}
	for len(before) > 0 && len(after) > 0 && before[len(before)-1] == after[len(after)-1] {
		before, after = before[:len(before)-1], after[:len(after)-1]
	}
	var b strings.Builder
	for _, side := range []struct {
		sign  string
		lines []string
	}{{"- ", before}, {"+ ", after}} {
		for _, line := range side.lines {
			if line = strings.TrimRight(line, "\r\n"); line != "" {
				b.WriteString(side.sign + line + "\n")
			}
		}
	}
	return b.String()
}
