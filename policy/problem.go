package policy

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong with a document.
type Problem struct {
	// Sid of the statement; empty when the statement has none, or when the problem is the whole document's.
	Sid string
	// Index of the statement, counted from 0 as in JSON; -1 when the problem is the whole document's.
	Index int
	// Element is the element of the statement that is wrong, such as "Action" or "NotPrincipal"; empty where the
	// problem is one of several elements, or of none.
	Element string
	// Message says what is wrong, beginning with the element and the value.
	Message string
	// Fix says what to write instead.
	Fix string
}

// Error is `Statement[1] (ViewSelf): what is wrong; what to write`.
func (p Problem) Error() string {
	text := p.Message
	if p.Fix != "" {
		text += "; " + p.Fix
	}
	if p.Index < 0 {
		return text
	}
	return statementLabel(p.Index, p.Sid) + ": " + text
}

func statementLabel(index int, sid string) string {
	if sid == "" {
		return fmt.Sprintf("Statement[%d]", index)
	}
	return fmt.Sprintf("Statement[%d] (%s)", index, sid)
}

// problems collects what is wrong with a document, in the order in which the document is read.
type problems struct {
	sid   string
	index int
	found []Problem
}

func (p *problems) add(fix, message string, args ...any) {
	p.found = append(p.found, Problem{Sid: p.sid, Index: p.index, Message: fmt.Sprintf(message, args...), Fix: fix})
}

// addTo is add for a problem of one element of the statement.
func (p *problems) addTo(element, fix, message string, args ...any) {
	p.add(fix, message, args...)
	p.found[len(p.found)-1].Element = element
}

// refuse adds what a check says about one value; what names the value and where it stands.
func (p *problems) refuse(err error, what string, args ...any) {
	if err == nil {
		return
	}
	why, fix := Reason(err)
	p.add(fix, "%s %s", fmt.Sprintf(what, args...), why)
}

// refuseIn is refuse for a value of one element of the statement.
func (p *problems) refuseIn(element string, err error, what string, args ...any) {
	if err != nil {
		p.refuse(err, what, args...)
		p.found[len(p.found)-1].Element = element
	}
}

// document moves to problems of the whole document, statement to those of one statement.
func (p *problems) document() { p.index, p.sid = -1, "" }

func (p *problems) statement(index int, sid string) { p.index, p.sid = index, sid }

// ParseError is everything that Parse found, in the document's order.
type ParseError []Problem

// Error has one problem a line.
func (e ParseError) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}
