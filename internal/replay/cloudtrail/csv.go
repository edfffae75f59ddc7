package cloudtrail

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
)

// CSV is what Athena and CloudTrail Lake export: a line of names, then a line for each event. Columns are called as
// the fields of a record, in any case; a field of userIdentity has a column of its own (useridentity_type), or all of
// them stand in one as {type=..., arn=...}.

var errColumns = errors.New(
	"is no export of CloudTrail: no column is called eventsource and eventname, eventjson or @message",
)

// csvReader reads lines of CSV, each of at most mostOfARecord bytes.
type csvReader struct {
	in   *bufio.Reader
	line int64
}

// next is one line; tooLarge says that it was passed over.
func (c *csvReader) next() (fields []string, tooLarge bool, err error) {
	var field []byte
	size, inQuotes, started := 0, false, false
	end := func() { fields = append(fields, string(field)); field = field[:0] }
	for {
		b, err := c.in.ReadByte()
		if err != nil {
			if !started {
				return nil, false, err
			}
			if inQuotes {
				return nil, false, errTruncated
			}
			end()
			return fields, tooLarge, nil
		}
		started = true
		if b == '\n' {
			c.line++
		}
		if size++; size > MostOfARecord {
			tooLarge, fields, field = true, nil, field[:0]
		}
		switch {
		case b == '"' && inQuotes:
			if next, _ := c.in.Peek(1); len(next) == 1 && next[0] == '"' {
				_, _ = c.in.Discard(1)
				field = append(field, '"')
				continue
			}
			inQuotes = false
		case b == '"' && len(field) == 0:
			inQuotes = true
		case b == ',' && !inQuotes:
			end()
		case b == '\n' && !inQuotes:
			field = bytes.TrimSuffix(field, []byte("\r"))
			end()
			return fields, tooLarge, nil
		default:
			field = append(field, b)
		}
	}
}

func readCSV(in *bufio.Reader, record func([]byte, int64, int64) error, problem func(error, int64, int64)) error {
	c := &csvReader{in: in, line: 1}
	header, _, err := c.next()
	if err != nil {
		return csvEnd(err, problem, c.line, 0)
	}
	columns := make([]string, len(header))
	for i, name := range header {
		columns[i] = strings.ToLower(strings.TrimSpace(name))
	}
	if !slices.Contains(columns, "eventjson") && !slices.Contains(columns, "@message") &&
		!(slices.Contains(columns, "eventsource") && slices.Contains(columns, "eventname")) {
		problem(errColumns, 1, 0)
		return nil
	}
	for number := int64(1); ; number++ {
		line := c.line
		fields, tooLarge, err := c.next()
		switch {
		case err != nil:
			return csvEnd(err, problem, line, number)
		case tooLarge:
			problem(errTooLarge, line, number)
			continue
		case len(fields) == 1 && fields[0] == "":
			continue
		case len(fields) != len(columns):
			problem(errors.New("has another number of columns than the first line, and is left out"), line, number)
			continue
		}
		if err := record(recordOf(columns, fields), line, number); err != nil {
			return err
		}
	}
}

func csvEnd(err error, problem func(error, int64, int64), line, number int64) error {
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case errors.Is(err, errTruncated):
		problem(errTruncated, line, number)
		return nil
	}
	return err
}

// recordOf makes a record of a line.
func recordOf(columns, fields []string) []byte {
	out := map[string]any{}
	for i, name := range columns {
		if fields[i] == "" || fields[i] == "-" {
			continue
		}
		if path, nested := identityColumns[strings.ReplaceAll(name, ".", "_")]; nested {
			put(out, path, fields[i])
			continue
		}
		switch {
		case name == "useridentity":
			out[name] = structured(fields[i])
		case name == "resources":
			out[name] = structured(fields[i])
		case name == "tlsdetails":
			out[name] = map[string]any{}
		default:
			out[name] = fields[i]
		}
	}
	b, err := json.Marshal(out)
	if err != nil {
		return nil
	}
	return b
}

// identityColumns are the columns of userIdentity by themselves, with their places in it.
var identityColumns = func() map[string][]string {
	out := map[string][]string{}
	add := func(path ...string) {
		out["useridentity_"+strings.Join(path, "_")] = append([]string{"useridentity"}, path...)
	}
	for _, name := range []string{"type", "principalid", "arn", "accountid", "username", "accesskeyid", "invokedby"} {
		add(name)
	}
	for _, path := range [][]string{{"sessionissuer", "type"}, {"sessionissuer", "arn"}, {"sessionissuer", "accountid"}, {"attributes", "mfaauthenticated"}, {"attributes", "creationdate"},
		{"sourceidentity"}, {"assumedroot"}, {"ec2roledelivery"}, {"webidfederationdata", "federatedprovider"}} {
		add(append([]string{"sessioncontext"}, path...)...)
	}
	return out
}()

func put(out map[string]any, path []string, value string) {
	for _, name := range path[:len(path)-1] {
		inner, ok := out[name].(map[string]any)
		if !ok {
			inner = map[string]any{}
			out[name] = inner
		}
		out = inner
	}
	out[path[len(path)-1]] = value
}

// structured reads a value that is JSON, or in the form in which Athena prints rows and lists: {name=value,
// name=[...]}.
func structured(text string) any {
	var v any
	if json.Unmarshal([]byte(text), &v) == nil {
		return v
	}
	s := &rowText{text: text}
	return s.value(0)
}

// rowText reads Athena's form. A value ends where a comma, a space and another name with = follow, because values may
// have commas.
type rowText struct {
	text     string
	position int
}

func (s *rowText) value(depth int) any {
	if depth > 8 || s.position >= len(s.text) {
		return nil
	}
	switch s.text[s.position] {
	case '{':
		s.position++
		out := map[string]any{}
		for s.position < len(s.text) && s.text[s.position] != '}' {
			eq := strings.IndexByte(s.text[s.position:], '=')
			if eq < 0 {
				s.position = len(s.text)
				break
			}
			name := strings.TrimLeft(s.text[s.position:s.position+eq], ", ")
			s.position += eq + 1
			out[name] = s.value(depth + 1)
		}
		s.position++
		return out
	case '[':
		s.position++
		var out []any
		for s.position < len(s.text) && s.text[s.position] != ']' {
			s.position += len(s.text[s.position:]) - len(strings.TrimLeft(s.text[s.position:], ", "))
			before := s.position
			out = append(out, s.value(depth+1))
			if s.position == before {
				s.position++
			}
		}
		s.position++
		return out
	}
	return s.plain()
}

func (s *rowText) plain() any {
	from := s.position
	for ; s.position < len(s.text); s.position++ {
		c := s.text[s.position]
		if c == '}' || c == ']' || c == ',' && s.nameFollows() {
			break
		}
	}
	if text := s.text[from:s.position]; text != "null" {
		return text
	}
	return nil
}

// nameFollows reports whether a comma here ends a value.
func (s *rowText) nameFollows() bool {
	rest := strings.TrimLeft(s.text[s.position+1:], " ")
	end := strings.IndexFunc(rest, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_'
	})
	return end > 0 && rest[end] == '='
}
