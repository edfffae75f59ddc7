package edit

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"aws-access-guardrails/guardrail/grant"
)

// insert adds the grant and says which one it then is.
func (f *file) insert(g Grant) (after []byte, index int, err error) {
	key, value := f.grants()
	if key == nil {
		return f.insertSection(g), 0, nil
	}
	return f.appendTo(key, value, g.entry, "grants")
}

// appendTo adds an element to the list of a key and says which one it then is. The list is called what in errors.
func (f *file) appendTo(
	key, value *yaml.Node,
	entry func(yaml.Style) *yaml.Node,
	what string,
) (after []byte, index int, err error) {
	indent := strings.Repeat(" ", key.Column+1)
	if isEmpty(value) {
		number := f.below(key.Line, len(indent)+1)
		return f.splice(number, number, blockLines(entry(0), indent)), 0, nil
	}
	if value.Kind != yaml.SequenceNode {
		return nil, 0, f.byHand("its " + what + " are not a list")
	}
	if value.Style&yaml.FlowStyle == 0 {
		indent = strings.Repeat(" ", value.Column-1)
		_, number := f.element(key, value, len(value.Content)-1)
		lines := blockLines(entry(0), indent)
		if last := value.Content[len(value.Content)-1]; last.Style&yaml.FlowStyle != 0 {
			lines = []string{indent + "- " + flowText(entry(yaml.FlowStyle))}
		}
		return f.splice(number, number, lines), len(value.Content), nil
	}
	line := f.text(value.Line)
	start := offset(line, value.Column)
	if !strings.HasPrefix(line[start:], "[") {
		return nil, 0, f.byHand("its list of " + what + " does not begin where it seems to")
	}
	if n := len(
		value.Content,
	); n > 0 && value.Content[n-1].Line == value.Line &&
		value.Content[n-1].Kind == yaml.ScalarNode {
		last := value.Content[n-1]
		if from := offset(
			line,
			last.Column,
		); strings.HasPrefix(
			line[from:],
			last.Value+"]",
		) { // A plain word with the end of the list behind it.
			from += len(last.Value)
			return f.rewrite(value.Line, line[:from]+", "+flowText(entry(yaml.FlowStyle))+line[from:]), n, nil
		}
	}
	if len(value.Content) > 0 { // Where a list in brackets begins is known, and not where it ends.
		return f.rewrite(value.Line, line[:start+1]+flowText(entry(yaml.FlowStyle))+", "+line[start+1:]), 0, nil
	}
	rest, empty := strings.CutPrefix(line[start:], "[]")
	if !empty || value.Line != key.Line {
		return nil, 0, f.byHand("its empty list of " + what + " is written over several lines")
	}
	f = f.with(key.Line, strings.TrimRight(line[:start], " ")+rest)
	end := f.below(key.Line, len(indent)+1)
	return f.splice(end, end, blockLines(entry(0), indent)), 0, nil
}

// isEmpty reports whether a key has no value.
func isEmpty(value *yaml.Node) bool {
	return value.Kind == yaml.ScalarNode && value.ShortTag() == "!!null" && value.Value == ""
}

// insertSection writes the section: behind what grants open, or at the end.
func (f *file) insertSection(g Grant) []byte {
	content := f.config.Content
	number := f.end(content[len(content)-2])
	if section, _ := child(f.config, "guardrails:osAccess", "osAccess"); section != nil {
		number = f.end(section)
	}
	indent := strings.Repeat(" ", content[0].Column-1)
	return f.splice(number, number, append([]string{"", indent + "guardrails:grants:"}, blockLines(g.entry(0), indent+"  ")...))
}

// element are the lines of an element, from its comment to the last line that is its own: first included, last
// excluded, counted from zero.
func (f *file) element(key, value *yaml.Node, index int) (from, to int) {
	from = f.dash(value, index)
	indent := strings.Repeat(" ", value.Column-1) + "#"
	for from > key.Line && strings.HasPrefix(f.text(from), indent) {
		from--
	}
	if index == len(value.Content)-1 {
		return from, f.lastEnd(key, value)
	}
	to = f.dash(value, index+1)
	for to > from && (blank(f.text(to)) || comment(f.text(to)) && leading(f.text(to)) < value.Column) { // What is indented deeper is the element's.
		to--
	}
	return from, to
}

// lastEnd is the line, counted from zero, behind the last element: behind its last key, and the comments right below
// that are indented deeper than its dash. A comment at the dash, or behind a blank line, is nobody's.
func (f *file) lastEnd(key, value *yaml.Node) int {
	end := f.dash(value, len(value.Content)-1) + 1
	for i := end; i < f.end(key); i++ {
		if text := f.text(i + 1); !blank(text) && !comment(text) {
			end = i + 1
		}
	}
	return f.below(end, value.Column)
}

// below is the line, counted from zero, behind the comments that stand there and are indented by so much at least.
func (f *file) below(line, indent int) int {
	for line < len(f.lines) && comment(f.text(line+1)) && leading(f.text(line+1)) >= indent {
		line++
	}
	return line
}

// dash is the line, counted from zero, on which the element begins.
func (f *file) dash(value *yaml.Node, index int) int {
	line := value.Content[index].Line - 1
	for line > value.Line-1 && !strings.HasPrefix(strings.TrimLeft(f.lines[line], " "), "-") { // "-" alone, and the element below it.
		line--
	}
	return line
}

// setUntil writes another end of the window, with the quotes that were there.
func (f *file) setUntil(index int, until time.Time) ([]byte, error) {
	_, value := f.grants()
	if value.Kind != yaml.SequenceNode {
		return nil, f.byHand("its grants are not a list")
	}
	_, node := child(value.Content[index], "until")
	if node == nil || node.Kind != yaml.ScalarNode {
		return nil, f.byHand("its until is not written where the grant is")
	}
	line := f.text(node.Line)
	start := offset(line, node.Column)
	for _, quote := range []string{`"`, `'`} {
		written := quote + node.Value + quote
		if strings.HasPrefix(line[start:], written) {
			return f.rewrite(
				node.Line,
				line[:start]+quote+until.Format(time.RFC3339)+quote+line[start+len(written):],
			), nil
		}
	}
	return nil, f.byHand("its until is not a quoted text")
}

// splice puts lines in the place of those between from and to, counted from zero. A text that has no end behind its
// last line has none afterwards.
func (f *file) splice(from, to int, lines []string) []byte {
	out := slices.Clone(f.lines[:from])
	for _, line := range lines {
		out = append(out, line+f.newline)
	}
	out = append(out, f.lines[to:]...)
	return f.join(out)
}

// rewrite puts another text into a line, counted from one.
func (f *file) rewrite(line int, text string) []byte {
	return []byte(strings.Join(f.with(line, text).lines, ""))
}

// with is the file with another text in a line, counted from one, for further changes of lines.
func (f *file) with(line int, text string) *file {
	changed := *f
	changed.lines = slices.Clone(f.lines)
	changed.lines[line-1] = text + strings.TrimPrefix(f.lines[line-1], f.text(line))
	return &changed
}

// join puts lines together: those that had no end and are not the last any more get one, and the last one has one
// where the file's last line had.
func (f *file) join(lines []string) []byte {
	for i, line := range lines {
		if i < len(lines)-1 && !ended(line) {
			lines[i] += f.newline
		}
	}
	text := strings.Join(lines, "")
	if last := f.lines[len(f.lines)-1]; !ended(last) && len(lines) > 0 {
		text = strings.TrimSuffix(text, lines[len(lines)-1]) + strings.TrimRight(lines[len(lines)-1], lineEnds)
	}
	return []byte(text)
}

// lineEnds are the characters of lineEnd.
const lineEnds = "\r\n\u0085\u2028\u2029"

func ended(line string) bool { return line != strings.TrimRight(line, lineEnds) }

// text is a line, counted from one, without its end.
func (f *file) text(line int) string { return strings.TrimRight(f.lines[line-1], lineEnds) }

// end is the line, counted from zero, behind the section of a key: what follows may be blank lines and comments,
// which belong to the next section unless they are indented deeper than the key.
func (f *file) end(key *yaml.Node) int {
	indent := key.Column - 1
	end := key.Line
	for i := key.Line; i < len(f.lines); i++ {
		text := f.text(i + 1)
		deeper := leading(text) > indent
		switch {
		case blank(text):
		case comment(text):
			if deeper {
				end = i + 1
			}
		case deeper, leading(text) == indent && strings.HasPrefix(text[indent:], "- "):
			end = i + 1
		default:
			return end
		}
	}
	return end
}

func leading(text string) int  { return len(text) - len(strings.TrimLeft(text, " ")) }
func blank(text string) bool   { return strings.TrimSpace(text) == "" }
func comment(text string) bool { return strings.HasPrefix(strings.TrimSpace(text), "#") }

// offset is the byte at which a column, counted in characters from one, begins.
func offset(line string, column int) int {
	counted := 0
	for i := range line {
		if counted++; counted == column {
			return i
		}
	}
	return len(line)
}

// entry is the grant as YAML.
func (g Grant) entry(style yaml.Style) *yaml.Node {
	entry := &yaml.Node{Kind: yaml.MappingNode, Style: style}
	add := func(key string, value *yaml.Node) {
		entry.Content = append(entry.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, value)
	}
	word := func(value string, style yaml.Style) *yaml.Node {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Style: style}
	}
	add("person", word(g.Person, 0))
	if g.Opens != "" && g.Opens != string(grant.GrantOSAccess) {
		add("opens", word(g.Opens, 0))
	}
	if g.RunAs != "" {
		add("runAs", word(g.RunAs, 0))
	}
	if len(g.Projects) > 0 {
		list := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, project := range g.Projects {
			list.Content = append(list.Content, word(project, 0))
		}
		add("projects", list)
	}
	add("from", word(g.From.Format(time.RFC3339), yaml.DoubleQuotedStyle))
	add("until", word(g.Until.Format(time.RFC3339), yaml.DoubleQuotedStyle))
	add("ticket", word(g.Ticket, 0))
	if g.AskedBy != "" {
		add("askedBy", word(g.AskedBy, 0))
	}
	if g.ApprovedBy != "" {
		add("approvedBy", word(g.ApprovedBy, 0))
	}
	return entry
}

// blockLines are a value as an element of a list, a line for each key.
func blockLines(entry *yaml.Node, indent string) []string {
	var lines []string
	for line := range strings.Lines(marshal(entry)) {
		lead := indent + "  "
		if len(lines) == 0 {
			lead = indent + "- "
		}
		lines = append(lines, lead+strings.TrimRight(line, "\n"))
	}
	return lines
}

// flowText is a value in braces, on one line.
func flowText(entry *yaml.Node) string { return strings.TrimSpace(marshal(entry)) }

func marshal(n *yaml.Node) string {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(n); err != nil {
		panic("edit: a tree of words cannot be written: " + err.Error()) // It is made here, of texts alone.
	}
	return out.String()
}
