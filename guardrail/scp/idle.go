package scp

import (
	"fmt"
	"slices"
	"strings"

	"aws-access-guardrails/guardrail"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// noticeIdle says what statements of the admin's own policies do nothing: Allows beside FullAWSAccess, which stays
// attached to every target that AllowList does not name, Regions that AWS has not opened, and what dead says of a
// document.
//
// Source: AWS Organizations User Guide, SCP evaluation: a policy with Allows alone takes something away only where
// FullAWSAccess is detached.
func (a *Args) noticeIdle(n *guardrail.Notices, dead func(policy.Document) []string) {
	if dead == nil {
		dead = func(policy.Document) []string { return nil }
	}
	for i, own := range a.Policies {
		path := problem.Path("policies").Index(i).Child("file")
		var allows []string
		for j, s := range own.Document.Statements {
			if s.Effect == policy.EffectAllow {
				allows = append(allows, policy.StatementName(s.Sid, j))
			}
		}
		var full []string
		for _, id := range own.Targets {
			if !slices.Contains(a.AllowList, id) {
				full = append(full, id)
			}
		}
		if len(full) == 0 {
			allows = nil
		}
		beside := "FullAWSAccess on " + strings.Join(full, ", ") + " allows everything beside it"
		switch {
		case len(allows) > 0 && len(allows) == len(own.Document.Statements):
			n.Add(
				path,
				own.what()+" does nothing: it has Allows alone, and "+beside+
					"; write Denies with NotAction for what is not to be allowed, or list every target in allowList",
			)
		case len(allows) > 0:
			n.Add(path, strings.Join(allows, ", ")+" of "+own.what()+" does nothing: "+beside)
		}
		for _, what := range dead(own.Document) {
			n.Add(path, own.what()+": "+what)
		}
		noticeRegions(n, path, own)
	}
}

// noticeRegions names Regions that AWS has not opened: a condition that was meant to name one speaks of none.
func noticeRegions(n *guardrail.Notices, path problem.Path, own OwnPolicy) {
	for j, s := range own.Document.Statements {
		for _, c := range s.Conditions {
			if !strings.EqualFold(c.Key, "aws:RequestedRegion") {
				continue
			}
			for _, region := range c.Values {
				if strings.ContainsAny(region, "*?$") || policy.KnownRegion(region) {
					continue
				}
				text := fmt.Sprintf(
					"%s: %s names the Region %q, which AWS has not opened",
					own.what(),
					policy.StatementName(s.Sid, j),
					region,
				)
				if near := policy.Closest(region, policy.Regions()); near != "" {
					text += fmt.Sprintf("; did you mean %q?", near)
				}
				n.Add(path, text)
			}
		}
	}
}
