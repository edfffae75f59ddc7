package usage

import (
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"aws-access-guardrails/internal/terminal"
)

// Help is what --help says of a verb, in lines of at most width columns, but for words that are longer. Examples that
// are wider go on below a backslash, so that they can be copied. A width of zero leaves all lines as they are written.
func Help(verb *cobra.Command, width int) string {
	about := verb.Long
	if about == "" {
		about = verb.Short
	}
	return fitParagraphs(about, width) + "\n\n" + fitUsage(verb, width)
}

// fitParagraphs breaks paragraphs anew. Lines that stand in are kept apart: somebody copies them.
func fitParagraphs(text string, width int) string {
	if width == 0 {
		return text
	}
	var lines []string
	joins := false
	for line := range strings.SplitSeq(text, "\n") {
		prose := line != "" && !strings.HasPrefix(line, " ")
		if prose && joins {
			lines[len(lines)-1] += " " + line
		} else {
			lines = append(lines, line)
		}
		joins = prose
	}
	for i, line := range lines {
		if line != "" && !strings.HasPrefix(line, " ") {
			lines[i] = strings.Join(terminal.Wrap(line, width), "\n")
		}
	}
	return strings.Join(lines, "\n")
}

// fitUsage is what cobra says of the use of a verb, section by section.
func fitUsage(verb *cobra.Command, width int) string {
	text := verb.UsageString()
	if width == 0 {
		return text
	}
	flags := map[string]*pflag.FlagSet{"Flags:": verb.LocalFlags(), "Global Flags:": verb.InheritedFlags()}
	sections := strings.Split(text, "\n\n")
	for i, section := range sections {
		title, lines, _ := strings.Cut(section, "\n")
		switch set := flags[title]; {
		case set != nil:
			sections[i] = title + "\n" + strings.TrimRight(set.FlagUsagesWrapped(width), " \n")
		case title == "Examples:":
			sections[i] = title + "\n" + fitExamples(lines, width)
		default:
			sections[i] = terminal.Fit(section, width)
		}
	}
	return strings.TrimRight(strings.Join(sections, "\n\n"), "\n") + "\n"
}

// continued is how an example goes on below.
const continued = " \\\n      "

// fitExamples breaks command lines as a shell reads them, not within quotes. What a line says behind two spaces is a
// remark.
func fitExamples(lines string, width int) string {
	var out []string
	for line := range strings.SplitSeq(strings.ReplaceAll(lines, continued, " "), "\n") {
		if strings.Contains(strings.TrimSpace(line), "  ") {
			out = append(out, strings.TrimRight(terminal.Fit(line, width), "\n"))
			continue
		}
		fitted, column := " ", 1
		for _, word := range shellWord.FindAllString(line, -1) {
			more := terminal.Columns(word) + 1
			if column+more > width-2 && column > 1 {
				fitted, column = fitted+continued[:len(continued)-1], len(continued)-4
			}
			fitted, column = fitted+" "+word, column+more
		}
		out = append(out, fitted)
	}
	return strings.Join(out, "\n")
}

// shellWord is a word of a command line with what stands in quotes.
var shellWord = regexp.MustCompile(`(?:"[^"]*"|[^\s"])+`)
