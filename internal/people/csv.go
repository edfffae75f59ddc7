package people

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/strictyaml"
)

// Rows are the people of a CSV file.
type Rows struct {
	Joiners []Joiner
	Movers  []Mover
	Leavers []string
}

// columns are those that each verb takes; the first one is required. Columns "tag:<key>" are tags of joiners.
var columns = map[string][]string{
	"add":    {"name", "email", "displayName", "path", "runAs", "teams"},
	"move":   {"name", "from", "to"},
	"remove": {"name"},
}

// ReadCSV reads people from a CSV file with a line of column names, for the verb add, move or remove. Commas or,
// where the first line has none, semicolons separate columns; blanks or semicolons separate teams. file is the name
// that errors give it. The error has every line that is wrong.
func ReadCSV(verb, file string, data []byte) (*Rows, error) {
	data = files.UTF8(data)
	for i, line := range bytes.Split(data, []byte("\n")) {
		if !utf8.Valid(line) {
			return nil, fmt.Errorf(
				"%s:%d: %q is not UTF-8; save the file as CSV UTF-8",
				file,
				i+1,
				bytes.TrimRight(line, "\r"),
			)
		}
	}
	r := csv.NewReader(bytes.NewReader(data))
	first, _, _ := bytes.Cut(data, []byte("\n"))
	if !bytes.Contains(first, []byte(",")) && bytes.Contains(first, []byte(";")) {
		r.Comma = ';'
	}
	r.FieldsPerRecord = -1
	r.TrimLeadingSpace = true
	records, lineOf, err := readAll(r, file)
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, fmt.Errorf(
			"%s: is empty; write a line of column names first: %s",
			file,
			strings.Join(columns[verb], ","),
		)
	}
	head, err := readHead(verb, file, records[0])
	if err != nil {
		return nil, err
	}
	rows := &Rows{}
	var errs []error
	lines := map[string]int{}
	for i, record := range records[1:] {
		line := lineOf[i+1]
		if len(record) == 1 && strings.TrimSpace(record[0]) == "" {
			continue
		}
		row, err := readRow(head, record)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("%s:%d: %w", file, line, err))
		case row["name"] == "":
			errs = append(errs, fmt.Errorf("%s:%d: name is empty; write the user name, or remove the line", file, line))
		case lines[row["name"]] != 0:
			errs = append(
				errs,
				fmt.Errorf(
					"%s:%d: %q is in line %d too; keep one of the two",
					file,
					line,
					row["name"],
					lines[row["name"]],
				),
			)
		case verb == "move" && row["to"] == "" && row["from"] == "":
			errs = append(
				errs,
				fmt.Errorf(
					"%s:%d: %q moves nowhere; write a team in to, or in from to leave one",
					file,
					line,
					row["name"],
				),
			)
		default:
			lines[row["name"]] = line
			rows.add(verb, row)
		}
	}
	if len(errs) == 0 && len(lines) == 0 {
		errs = append(errs, fmt.Errorf("%s: has nobody below its column names", file))
	}
	return rows, errors.Join(errs...)
}

// readAll are the records of a file, with the lines on which they begin.
func readAll(r *csv.Reader, file string) (records [][]string, lines []int, err error) {
	for {
		record, err := r.Read()
		var parse *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return records, lines, nil
		case errors.As(err, &parse):
			return nil, nil, fmt.Errorf(
				"%s:%d: %w in column %d; put a value with a quote in it into quotes, and write the "+
					"quote twice: \"Anne \"\"Annie\"\" Lee\"",
				file, parse.StartLine, parse.Err, parse.Column)
		case err != nil:
			return nil, nil, fmt.Errorf("%s: %w", file, err)
		}
		line, _ := r.FieldPos(0)
		records, lines = append(records, record), append(lines, line)
	}
}

func readHead(verb, file string, head []string) ([]string, error) {
	var errs []error
	var names []string
	for _, name := range head {
		name = strings.TrimSpace(name)
		switch {
		case slices.Contains(names, name):
			errs = append(errs, fmt.Errorf("%s:1: the column %q is there twice; keep one of the two", file, name))
		case slices.Contains(columns[verb], name), verb == "add" && strings.HasPrefix(name, "tag:"):
		default:
			errs = append(
				errs,
				fmt.Errorf(
					"%s:1: %q is no column of %s; %s; the columns are %s",
					file,
					name,
					verb,
					strictyaml.DidYouMean(name, columns[verb]),
					strings.Join(columns[verb], ", "),
				),
			)
		}
		names = append(names, name)
	}
	if !slices.Contains(names, "name") {
		errs = append(
			errs,
			fmt.Errorf("%s:1: the column name is missing; the columns are %s", file, strings.Join(columns[verb], ", ")),
		)
	}
	return names, errors.Join(errs...)
}

func readRow(head, record []string) (map[string]string, error) {
	if len(record) != len(head) {
		return nil, fmt.Errorf(
			"has %d columns, and the first line names %d; put a value with a comma in it into quotes",
			len(record),
			len(head),
		)
	}
	row := map[string]string{}
	for i, name := range head {
		row[name] = strings.TrimSpace(record[i])
	}
	return row, nil
}

// teams are the words of a cell.
func teams(cell string) []string {
	return strings.FieldsFunc(cell, func(r rune) bool { return r == ' ' || r == ';' || r == ',' })
}

func (r *Rows) add(verb string, row map[string]string) {
	switch verb {
	case "add":
		j := Joiner{
			Name:        row["name"],
			Email:       row["email"],
			DisplayName: row["displayName"],
			Path:        row["path"],
			RunAs:       row["runAs"],
			Teams:       teams(row["teams"]),
		}
		for column, value := range row {
			if key, isTag := strings.CutPrefix(column, "tag:"); isTag && value != "" {
				if j.Tags == nil {
					j.Tags = map[string]string{}
				}
				j.Tags[key] = value
			}
		}
		r.Joiners = append(r.Joiners, j)
	case "move":
		r.Movers = append(r.Movers, Mover{Name: row["name"], From: teams(row["from"]), To: teams(row["to"])})
	default:
		r.Leavers = append(r.Leavers, row["name"])
	}
}
