package matrix

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/reach"
	"aws-access-guardrails/internal/terminal"
	"aws-access-guardrails/internal/view/jsonline"
	"aws-access-guardrails/internal/visible"
	"aws-access-guardrails/internal/words"
)

// Cells are the words of a row of a matrix, beside those of the person and the role.
type Cells struct {
	Project, Doors, OSUser, Region, SignIn, When string
}

// Cells are what the table of `guardrails matrix` says of the row; "-" for what there is not.
func (r *Row) Cells() Cells {
	return Cells{
		r.projectCell(),
		words.OrNothing(words.OfDoors(r.Doors)),
		r.osUserCell(),
		r.regionCell(),
		r.signInCell(),
		r.whenCell(),
	}
}

var columns = []string{"PERSON", "ROLE", "PROJECT", "DOORS", "OS USER", "REGION", "SIGN-IN", "WHEN"}

// table is the matrix as a head and rows. Where there are several accounts, each row has its own.
func (m *Matrix) table(notes []words.Assumption) (head []string, rows [][]string) {
	head, rows = columns, [][]string{}
	several := slices.ContainsFunc(m.Rows, func(r Row) bool { return r.Account != m.Rows[0].Account })
	if several {
		head = slices.Insert(slices.Clone(head), 1, "ACCOUNT")
	}
	for i := range m.Rows {
		cells := m.Rows[i].line(notes)
		if several {
			cells = slices.Insert(cells, 1, words.OrNothing(m.Rows[i].account))
		}
		rows = append(rows, cells)
	}
	return head, rows
}

// WriteJSON writes the matrix as one line of JSON.
func (m *Matrix) WriteJSON(w io.Writer) error { return jsonline.Write(w, m) }

// WriteText writes the matrix as a table for a terminal, no wider than Width.
func (m *Matrix) WriteText(w io.Writer) error {
	var b strings.Builder
	notes := m.notes()
	head, rows := m.table(notes)
	b.WriteString(terminal.Table(head, rows, m.Width))
	var below strings.Builder
	m.writeNotes(&below, notes)
	b.WriteString(terminal.Fit(below.String(), m.Width))
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteMarkdown writes the matrix as a table of Markdown.
func (m *Matrix) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	notes := m.notes()
	head, rows := m.table(notes)
	fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat("---|", len(head)))
	for _, cells := range rows {
		for j := range cells {
			cells[j] = visible.Markdown(cells[j])
		}
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
	}
	m.writeNotes(&b, notes)
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteCSV writes the matrix for a spreadsheet: the columns of the text, always with the account, and the ARNs. What
// a row says nothing about is empty. A text that a spreadsheet would take for a formula has an apostrophe in front.
func (m *Matrix) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	head := append(slices.Insert(slices.Clone(columns), 1, "ACCOUNT"), "PERSON ARN", "ROLE ARN", "ONLY IF")
	if err := out.Write(head); err != nil {
		return err
	}
	for i := range m.Rows {
		r := &m.Rows[i]
		var only []string
		for _, a := range r.Assumptions {
			only = append(only, a.Text)
		}
		cells := r.line(m.notes())
		cells[0] = r.Person
		cells = append(slices.Insert(cells, 1, r.Account), r.PersonARN, r.RoleARN, strings.Join(only, "; "))
		for j, cell := range cells {
			if cell == words.Nothing {
				cells[j] = ""
			} else if strings.ContainsRune("=+-@\t\r", rune((cell + " ")[0])) {
				cells[j] = "'" + cell
			}
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// notes are the assumptions of the rows, each once.
func (m *Matrix) notes() []words.Assumption {
	var all []words.Assumption
	for i := range m.Rows {
		for _, a := range m.Rows[i].Assumptions {
			if !slices.Contains(all, a) {
				all = append(all, a)
			}
		}
	}
	return all
}

// readsProfiles reports whether a row says that a profile decides.
func (m *Matrix) readsProfiles() bool {
	return slices.ContainsFunc(m.Rows, func(r Row) bool { return r.readsProfile })
}

func (m *Matrix) writeNotes(b *strings.Builder, notes []words.Assumption) {
	others, keys := m.othersNote(), m.volumeKeysNote()
	if len(notes)+len(m.Administrators) > 0 || m.readsProfiles() || others+keys != "" {
		b.WriteString("\n")
	}
	if m.readsProfiles() {
		b.WriteString(
			"${path:...} is what the profile of each person says, where that is a name or project that AWS takes.\n",
		)
	}
	for i, n := range notes {
		fmt.Fprintf(b, "[%d] if %s\n", i+1, n.Text)
	}
	b.WriteString(visible.Text(others + keys))
	for _, a := range m.Administrators {
		fmt.Fprintf(b, "%s administers%s: it can change everything above.\n", words.OfARN(a), m.windows[a])
	}
}

func (r *Row) line(notes []words.Assumption) []string {
	person := r.Person
	for _, a := range r.Assumptions {
		person += fmt.Sprintf(" [%d]", slices.Index(notes, a)+1)
	}
	return []string{
		person,
		r.roleCell(),
		r.projectCell(),
		r.doorCell(),
		r.osUserCell(),
		r.regionCell(),
		r.signInCell(),
		r.whenCell(),
	}
}

func (r *Row) roleCell() string {
	return words.OrNothing(strings.Join(append(slices.Clone(r.Through), r.Role), " > ") + words.OfTeams(r.Teams))
}

func (r *Row) projectCell() string {
	switch {
	case len(r.Doors) == 0:
		return words.Nothing
	case r.EveryProject && r.Untagged:
		return "every node" + r.exceptCell()
	case r.EveryProject:
		return "every project" + r.exceptCell()
	}
	named := slices.Clone(r.Projects)
	if r.Untagged {
		named = append(named, "nodes without a project")
	}
	return strings.Join(named, ", ")
}

// exceptCell names the projects that are not open where all others are.
func (r *Row) exceptCell() string {
	if len(r.ButProjects) == 0 {
		return ""
	}
	return " but " + strings.Join(r.ButProjects, ", ")
}

func (r *Row) doorCell() string {
	text := words.OfDoors(r.Doors)
	n := len(r.Others)
	others := fmt.Sprintf("%d others", n)
	if n == 1 {
		others = "1 other"
	}
	switch {
	case n == 0:
		return words.OrNothing(text)
	case text == "":
		return others
	}
	return text + " and " + others
}

// othersNote says what the others of a row are; empty where no row has one.
func (m *Matrix) othersNote() string {
	if !slices.ContainsFunc(m.Rows, func(r Row) bool { return len(r.Others) > 0 }) {
		return ""
	}
	return "others: more ways onto nodes, and of running code on them, from the table of doors (docs/safety.md); --json names them.\n"
}

// volumeKeysNote says where a start falls back to stopped; empty where none does.
func (m *Matrix) volumeKeysNote() string {
	falls := false
	var with []string
	for i := range m.Rows {
		r := &m.Rows[i]
		if !slices.Contains(r.Doors, reach.Start) {
			continue
		}
		falls = falls || !slices.Contains(r.VolumeKeys, "*")
		who, keys := cmp.Or(r.Role, r.Person), strings.Join(r.VolumeKeys, ", ")
		if keys == "*" {
			keys = "every key"
		}
		if text := who + " with " + keys; keys != "" && !slices.Contains(with, text) {
			with = append(with, text)
		}
	}
	if !falls {
		return ""
	}
	text := "start: an instance with a volume under a customer managed KMS key falls back to stopped, because nothing here lets EC2 use the key (kms:CreateGrant)"
	if len(with) > 0 {
		text += "; not so for " + strings.Join(with, "; ")
	}
	return text + ".\n"
}

func (r *Row) osUserCell() string {
	if r.Superuser {
		return r.OSUser + " (can do everything)"
	}
	return words.OrNothing(r.OSUser)
}

func (r *Row) regionCell() string {
	switch {
	case r.EveryRegion && len(r.Regions) == 0:
		return "every other"
	case r.EveryRegion:
		return "every"
	}
	return words.OrNothing(strings.Join(r.Regions, ", "))
}

// signInCell says the least that is needed, and from which networks where not every one will do.
func (r *Row) signInCell() string {
	if len(r.SignIns) == 0 {
		return words.Nothing
	}
	if len(r.Networks) == 0 {
		return r.signInWords()
	}
	return r.signInWords() + ", from " + words.Joined(r.Networks, "or")
}

func (r *Row) signInWords() string {
	for _, other := range []reach.SignIn{reach.Portal, reach.ExternalID} {
		if slices.Equal(r.SignIns, []reach.SignIn{other}) {
			return string(other)
		}
	}
	without := words.WithoutMFA(r.SignIns)
	text := "MFA"
	if r.MFAMaxAgeSeconds > 0 {
		text += " in the last " + words.Duration(r.MFAMaxAgeSeconds)
	}
	switch {
	case len(without) > 0:
		return "WITHOUT MFA: " + strings.Join(without, ", ")
	case !slices.ContainsFunc(r.SignIns, reach.SignIn.Console):
		return text + ", command line only"
	}
	return text
}

func (r *Row) whenCell() string {
	switch {
	case len(r.SignIns) == 0:
		return words.Nothing
	case r.From == nil && r.Until == nil:
		return "always"
	case r.From == nil:
		return "until " + r.Until.Format(time.RFC3339)
	case r.Until == nil:
		return "from " + r.From.Format(time.RFC3339)
	}
	return r.From.Format(time.RFC3339) + " to " + r.Until.Format(time.RFC3339)
}
