package sessiondocument

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"aws-access-guardrails/access/world/sessiondoc"
	"aws-access-guardrails/guardrail/preferences"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

var (
	hostName      = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$`)
	parameterName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,63}$`)
)

// reserved are beginnings of names that are AWS's, or that Systems Manager gives a meaning.
//
// Source: CreateDocument in the AWS Systems Manager API Reference, Name.
var reserved = []string{"aws", "amazon", "amzn", "ssm-"}

// Validate reports every problem, in the order of the fields, as Problems relative to the element of the section
// "sessionDocuments".
func (a *Args) Validate() error {
	var p problem.List
	a.Account.Validate(&p)
	if p.Check("name", a.Name, policy.ValidateSessionDocumentName(a.Name)) {
		for _, prefix := range reserved {
			if strings.HasPrefix(strings.ToLower(a.Name), prefix) {
				p.Add("name", a.Name, "begins with "+prefix+", as names of AWS do", "use another name")
			}
		}
	}
	preferences.ValidateRegions(&p, "sessions.regions", a.Account, a.Regions)
	switch f, c := a.PortForwarding, a.InteractiveCommand; {
	case f != nil && c != nil:
		p.Add("interactiveCommand", nil, "stands beside portForwarding", "write a document for each of the two")
	case f != nil:
		f.validate(&p)
	case c != nil:
		c.validate(&p)
		if a.Sessions == nil {
			p.Add("interactiveCommand", nil,
				"runs as an OS user, and without the section sessions it would be ssm-user, with sudo",
				"add sessions with its regions")
		}
	default:
		p.Add("", nil, "opens nothing", "write portForwarding or interactiveCommand")
	}
	return p.Err()
}

func (f *PortForwarding) validate(p *problem.List) {
	if _, err := netip.ParseAddr(f.Host); f.Host != "" && err != nil && (!hostName.MatchString(f.Host) || len(f.Host) > 253) {
		p.Add("portForwarding.host", f.Host, "is neither the name nor the address of one host",
			"write it as nodes resolve it, such as db.example.internal, or leave it out for the node itself")
	}
	if f.Port < 1 || f.Port > 65535 {
		p.Add("portForwarding.port", f.Port, "is no port", "write a number from 1 to 65535")
	}
}

func (c *InteractiveCommand) validate(p *problem.List) {
	const section problem.Path = "interactiveCommand"
	if c.Linux == "" && c.Windows == "" {
		p.Add(section, nil, "runs nothing", "write linux or windows")
	}
	used := sessiondoc.References(c.Linux + " " + c.Windows)
	for i, parameter := range c.Parameters {
		path := section.Child("parameters").Index(i)
		if !parameterName.MatchString(parameter.Name) {
			p.Add(path.Child("name"), parameter.Name, "is not the name of a parameter",
				"use letters, digits and _, beginning with a letter")
			continue
		}
		if slices.ContainsFunc(c.Parameters[:i], func(o Parameter) bool { return o.Name == parameter.Name }) {
			p.Add(path.Child("name"), parameter.Name, "is listed twice", "remove one")
		}
		if !slices.Contains(used, parameter.Name) {
			p.Add(path.Child("name"), parameter.Name, "stands in no command",
				"write {{ "+parameter.Name+" }} where it belongs, or remove it")
		}
		parameter.validate(p, path)
	}
	for _, name := range used {
		if !slices.ContainsFunc(c.Parameters, func(o Parameter) bool { return o.Name == name }) {
			p.Add(section, "{{ "+name+" }}", "names no parameter", "list "+name+" in parameters, with what it may be")
		}
	}
}

func (parameter Parameter) validate(p *problem.List, path problem.Path) {
	bounded := parameter.AllowedPattern != "" || len(parameter.AllowedValues) > 0
	switch {
	case parameter.Free && bounded:
		p.Add(path.Child("free"), true, "stands beside what bounds it", "keep one of the two")
	case !parameter.Free && !bounded:
		p.Add(path, parameter.Name, "can be anything, so whoever starts a session would run any command",
			"write allowedValues, or allowedPattern between ^ and $, or accept it with free: true")
	case parameter.AllowedPattern != "" && len(parameter.AllowedValues) > 0:
		p.Add(path.Child("allowedPattern"), parameter.AllowedPattern, "stands beside allowedValues", "keep one of the two")
	case parameter.AllowedPattern != "":
		if why := sessiondoc.Unbounded(parameter.AllowedPattern); why != "" {
			p.Add(path.Child("allowedPattern"), parameter.AllowedPattern, why,
				"write one such as ^[a-z0-9-]+$, or accept it with free: true in its place")
			return
		}
		if taken := regexp.MustCompile(parameter.AllowedPattern); parameter.Default != "" && !taken.MatchString(parameter.Default) {
			p.Add(path.Child("default"), parameter.Default, "does not match allowedPattern", "write one that does")
		}
	case bounded && parameter.Default != "" && !slices.Contains(parameter.AllowedValues, parameter.Default):
		p.Add(path.Child("default"), parameter.Default, "is not among allowedValues", "write one that is")
	}
}
