package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"time"

	"aws-access-guardrails/internal/judge"
	"aws-access-guardrails/internal/reach"
	"aws-access-guardrails/internal/stack"
	"aws-access-guardrails/internal/visible"
)

//go:embed page.html.tmpl page.css page.js
var files embed.FS

// Input is what a page is about.
type Input struct {
	// Project is the name of the project.
	Project string
	// Facts are who reaches what, Judgements the stacks that were judged, in the order of their names.
	Facts      *reach.Facts
	Judgements []*judge.Judgement
	// Change is what a change does; nil where none was asked for.
	Change *Change
}

// Of judges stacks and finds out who reaches what from a moment on.
func Of(moment time.Time, project string, stacks ...*stack.Stack) (Input, error) {
	in := Input{Project: project, Judgements: judge.Stacks(stacks...)}
	var err error
	in.Facts, err = reach.OfJudged(moment, in.Judgements...)
	return in, err
}

// view is what the template shows. Every text in it is harmless already (internal/visible); the template escapes it
// for HTML.
type view struct {
	Title, At      string
	Style          template.CSS
	Script         template.JS
	Policy         string
	Totals         []total
	Wide, Narrow   picture
	Accounts       []accountRow
	Doors          []doorRow
	Closed         []closedClass
	Grants         timeline
	Proofs         proofs
	Change         *Change
	Administrators []string
	Notes          []string
	Data           tables
}

type total struct {
	Number int
	Noun   string
}

// Write writes the page. It is a function of the input alone: the same input gives the same bytes.
func Write(w io.Writer, in Input) error {
	v, err := newView(in)
	if err != nil {
		return err
	}
	text, err := files.ReadFile("page.html.tmpl")
	if err != nil {
		return err
	}
	t, err := template.New("page").Parse(string(text))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if executeErr := t.Execute(&out, v); executeErr != nil {
		return executeErr
	}
	_, err = w.Write(out.Bytes())
	return err
}

func newView(in Input) (*view, error) {
	style, err := files.ReadFile("page.css")
	if err != nil {
		return nil, err
	}
	script, err := files.ReadFile("page.js")
	if err != nil {
		return nil, err
	}
	data, err := newTables(in.Facts)
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256(script)
	v := &view{
		Title:  line(in.Project),
		At:     clock(in.Facts.At),
		Style:  template.CSS(style),
		Script: template.JS(script),
		Policy: "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" + base64.StdEncoding.EncodeToString(
			hash[:],
		) +
			"'; base-uri 'none'; form-action 'none'",
		Data:   data,
		Grants: newTimeline(in.Facts.At, stacksOf(in)),
		Proofs: newProofs(in.Judgements),
		Change: in.Change.harmless(),
	}
	o := newOrganization(in)
	v.Wide, v.Narrow = o.draw(4, 226), o.draw(1, 320)
	v.Accounts = o.rows()
	v.Doors, v.Closed = newDoors(in.Facts), newClosed(o)
	for _, a := range in.Facts.Administrators {
		v.Administrators = append(v.Administrators, line(a))
	}
	v.Notes = append(v.Notes, data.Notes...)
	v.Totals = []total{
		{
			len(o.accounts),
			"accounts",
		},
		{len(data.People), "people and groups"},
		{len(data.Roles), "roles in use"},
		{len(v.Grants.Bars), "grants"},
		{v.Proofs.Failing, "claims that do not hold"},
	}
	return v, nil
}

func stacksOf(in Input) []*stack.Stack {
	var all []*stack.Stack
	for _, j := range in.Judgements {
		all = append(all, j.Stack)
	}
	return all
}

// line is a text of a stack file on one line, harmless.
func line(s string) string { return visible.Line(s) }

// clock is an instant as people read it, in UTC.
func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
