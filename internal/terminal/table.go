package terminal

import (
	"os"
	"strings"

	"github.com/clipperhouse/displaywidth"
	"golang.org/x/term"
)

// Width is how many columns the terminal behind a file has; zero for what is no terminal, where lines may be of any
// length.
func Width(f *os.File) int {
	if !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 20 {
		return 0
	}
	return width
}

// between is the room between two columns.
const between = 2

// narrowest is how narrow a column becomes at the least, and widestWord how long a word may be that keeps it wider.
const (
	narrowest  = 9
	widestWord = 24
)

// Table lays out rows below a head so that no line is wider than width; zero is any width. Where the columns fit they
// are as wide as what stands in them; where they do not, the widest get narrower and their text goes on below; and
// where that is not enough each row becomes lines of its own, one for each cell that says something.
func Table(head []string, rows [][]string, width int) string {
	widths := make([]int, len(head))
	all := append([][]string{head}, rows...)
	for _, row := range all {
		for i, cell := range row {
			widths[i] = max(widths[i], displaywidth.String(cell))
		}
	}
	if width == 0 || total(widths) <= width || shrink(widths, least(all), width) {
		var b strings.Builder
		for _, row := range all {
			writeRow(&b, row, widths)
		}
		return b.String()
	}
	return records(head, rows, width)
}

func total(widths []int) int {
	sum := between * (len(widths) - 1)
	for _, w := range widths {
		sum += w
	}
	return sum
}

// least are how narrow the columns may become without breaking words.
func least(rows [][]string) []int {
	out := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			for word := range strings.FieldsSeq(cell) {
				if w := displaywidth.String(word); w <= widestWord {
					out[i] = max(out[i], w)
				}
			}
		}
	}
	for i := range out {
		out[i] = max(out[i], narrowest)
	}
	return out
}

// shrink takes from the widest column that may become narrower until the line fits; false where it cannot.
func shrink(widths, least []int, width int) bool {
	for total(widths) > width {
		widest := -1
		for i := range widths {
			if widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return false
		}
		widths[widest]--
	}
	return true
}

func writeRow(b *strings.Builder, row []string, widths []int) {
	cells := make([][]string, len(row))
	height := 1
	for i, cell := range row {
		cells[i] = Wrap(cell, widths[i])
		height = max(height, len(cells[i]))
	}
	for l := range height {
		var line strings.Builder
		for i := range cells {
			text := ""
			if l < len(cells[i]) {
				text = cells[i][l]
			}
			line.WriteString(text + strings.Repeat(" ", max(0, widths[i]-displaywidth.String(text))+between))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
}

// records writes each row as lines "name  text". A cell of "-" says nothing.
func records(head []string, rows [][]string, width int) string {
	names := 0
	for _, name := range head {
		names = max(names, displaywidth.String(name))
	}
	var b strings.Builder
	for n, row := range rows {
		if n > 0 {
			b.WriteString("\n")
		}
		for i, cell := range row {
			if cell == "-" {
				continue
			}
			for l, text := range Wrap(cell, max(narrowest, width-names-between)) {
				name := head[i]
				if l > 0 {
					name = ""
				}
				b.WriteString(
					strings.TrimRight(
						name+strings.Repeat(" ", names-displaywidth.String(name)+between)+text,
						" ",
					) + "\n",
				)
			}
		}
	}
	return b.String()
}

// Wrap breaks a text into lines of at most width columns, between words where it can.
func Wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		for displaywidth.String(word) > width {
			if line != "" {
				lines = append(lines, line)
				line = ""
			}
			cut := breakable(word, fitting(word, width))
			lines = append(lines, word[:cut])
			word = word[cut:]
		}
		switch {
		case line == "":
			line = word
		case displaywidth.String(line)+1+displaywidth.String(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// fitting is how many bytes of a word fit into a width; at least one character.
func fitting(word string, width int) int {
	used := 0
	for i, r := range word {
		w := displaywidth.Rune(r)
		if used+w > width && i > 0 {
			return i
		}
		used += w
	}
	return len(word)
}

// breakable is where a word that is too long is broken, at most at fits: behind the last sign that divides names, where
// there is one in the second half.
func breakable(word string, fits int) int {
	if cut := strings.LastIndexAny(word[:fits], "-/.:,_") + 1; cut > fits/2 {
		return cut
	}
	return fits
}
