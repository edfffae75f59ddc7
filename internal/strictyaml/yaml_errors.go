package strictyaml

import (
	"aws-access-guardrails/problem"
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

var yamlErrorLine = regexp.MustCompile(`^yaml: (?:unmarshal errors:\s*)?line (\d+): (.*)$`)

// yamlErrors are what the YAML library says, by a part of it, in the words of somebody who edits a file. The first
// that is found counts.
var yamlErrors = []struct{ says, why, fix string }{
	{
		"mapping values are not allowed",
		"a colon with a space behind it stands where no key can be",
		"put the value in quotes, or begin a line of its own for the key",
	},
	{
		"could not find expected ':'",
		"a key has no colon, or a text that was begun has no end",
		`write "key: value", and look for quotes that are not closed`,
	},
	{
		"did not find expected key",
		"a line is indented differently from the lines that it belongs to",
		"give all keys of one level the same number of spaces",
	},
	{
		"did not find expected '-' indicator",
		"a line is indented differently from the elements of the list around it",
		"give all elements of one list the same number of spaces",
	},
	{
		"block sequence entries are not allowed",
		"an element of a list begins where none can be",
		"begin it on a line of its own",
	},
	{"block mapping entries are not allowed", "a key begins where none can be", "begin it on a line of its own"},
	{
		"did not find expected ',' or ']'",
		"a list in brackets is not closed, or a comma is missing in it",
		"close it with ]",
	},
	{
		"did not find expected ',' or '}'",
		"keys in braces are not closed, or a comma is missing between them",
		"close them with }",
	},
	{
		"did not find expected node content",
		"a value is missing, or a bracket is one too many",
		"look at the brackets and commas of the line",
	},
	{
		"did not find expected <document start>",
		"the file goes on after its end",
		"look at the indentation of the line, and keep one document per file",
	},
	{"found unexpected end of stream", "a text in quotes is not closed before the file ends", "close the quotes"},
	{
		"found unexpected document indicator",
		"a text in quotes is not closed before the document ends",
		"close the quotes",
	},
	{
		"found unknown escape character",
		"a backslash in double quotes stands before a character that needs none",
		"write the text in single quotes, or double the backslash",
	},
	{
		"did not find expected hexdecimal number",
		"an escape in double quotes lacks digits",
		"write the text in single quotes, or complete the escape",
	},
	{
		"unknown anchor",
		"an alias (*name) has no anchor (&name) before it",
		"put a text that begins with * in quotes, or write the anchor",
	},
	{
		"did not find expected alphabetic or numeric character",
		"an anchor or alias has no name",
		"put a text that begins with & or * in quotes",
	},
	{
		"found undefined tag handle",
		"a value begins with !, which makes it a tag",
		"put a text that begins with ! in quotes",
	},
	{
		"found character that cannot start any token",
		"a value begins with a character that means something else to YAML",
		"put a text that begins with @, `, % or a tab in quotes",
	},
	{"found a tab character", "a tab stands among the spaces that indent", "indent with spaces"},
	{
		"control characters are not allowed",
		"the file has a control character",
		"remove it, or write it as an escape in double quotes",
	},
	{"incomplete UTF-", "the file is not UTF-8", "save it as UTF-8"},
	{"invalid", "the file is not UTF-8", "save it as UTF-8"},
}

// syntaxProblem is why a file is no YAML, in plain words. The library names the line alone, and for some mistakes another one.
func syntaxProblem(file string, data []byte, err error) *problem.Problem {
	p := &problem.Problem{
		Position: problem.Position{File: file, Line: 1, Column: 1},
		Kind:     problem.Invalid,
		Why:      "the file is no YAML: " + strings.TrimPrefix(err.Error(), "yaml: "),
	}
	said := err.Error()
	if m := yamlErrorLine.FindStringSubmatch(said); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
		p.Line = max(1, min(p.Line, bytes.Count(data, []byte("\n"))+1))
		said = m[2]
		p.Why = "the file is no YAML: " + said
	}
	if strings.Contains(said, "cannot start any token") || strings.Contains(said, "found a tab character") {
		if line, column, found := indentingTab(data, p.Line); found {
			p.Line, p.Column = line, column
			p.Why, p.Fix = "the file is no YAML: a tab at "+strconv.Itoa(
				line,
			)+":"+strconv.Itoa(
				column,
			), "YAML is indented with spaces"
			return p
		}
	}
	for _, known := range yamlErrors {
		if strings.Contains(said, known.says) {
			p.Why, p.Fix = "the file is no YAML: "+known.why, known.fix
			break
		}
	}
	return p
}

// indentingTab is the first tab among the spaces that a line begins with, at the line that the library names or nearest to it: it often names the one before.
func indentingTab(data []byte, near int) (line, column int, found bool) {
	for i, text := range strings.Split(string(data), "\n") {
		start := strings.IndexByte(text, '\t')
		if start < 0 || strings.TrimLeft(text[:start], " -") != "" || strings.TrimSpace(text) == "" {
			continue
		}
		if !found || distance(i+1, near) < distance(line, near) {
			line, column, found = i+1, start+1, true
		}
	}
	return line, column, found
}

func distance(a, b int) int { return max(a-b, b-a) }
