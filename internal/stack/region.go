package stack

import (
	"strconv"
	"strings"

	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/policy"
	"aws-access-guardrails/problem"
)

// writtenRegion is a Region that the file names.
type writtenRegion struct {
	path problem.Path
	code string
	// in is the ARN that the Region is part of; empty where the Region stands alone.
	in string
}

// writtenRegions are all Regions that the file names, in the order of the reference.
func (s *Stack) writtenRegions() []writtenRegion {
	all := []writtenRegion{{path: "aws:region", code: s.AWS.Region}, {path: "aws:stsRegion", code: s.AWS.STSRegion}}
	list := func(path problem.Path, codes []string) {
		for i, code := range codes {
			all = append(all, writtenRegion{path: path.Index(i), code: code})
		}
	}
	inARN := func(path problem.Path, text string) {
		if arn, err := policy.ParseARN(text); err == nil {
			all = append(all, writtenRegion{path: path, code: arn.Region, in: text})
		}
	}
	if s.Sessions != nil {
		if !s.homeAlone {
			list(stackPath("sessions.regions"), s.Sessions.Regions)
		}
		inARN(stackPath("sessions.kmsKeyId"), s.Sessions.KMSKeyID)
	}
	if s.JustInTime != nil {
		all = append(all, writtenRegion{path: stackPath("justInTime.homeRegion"), code: s.JustInTime.HomeRegion})
	}
	for i, role := range s.OperationRoles {
		for j, key := range role.VolumeKeyARNs {
			inARN(stackPath("operationRoles").Index(i).Child("volumeKeyArns").Index(j), key)
		}
	}
	if s.IdentityCenter != nil {
		for i, set := range s.IdentityCenter.PermissionSets {
			setPath := stackPath(permissionSetSection(i))
			list(setPath.Child("regions"), set.Regions)
			for j, key := range set.KMSKeys {
				inARN(setPath.Child("kmsKeyArns").Index(j), key)
			}
			for j, key := range set.VolumeKeyARNs {
				inARN(setPath.Child("volumeKeyArns").Index(j), key)
			}
		}
	}
	list(stackPath("adopt.sessions"), s.Adopt.Sessions)
	for i := range s.Expect {
		targetPath := stackPath("expect").Index(i).Child("on")
		all = append(all, writtenRegion{path: targetPath.Child("region"), code: s.Expect[i].On.Region})
		inARN(targetPath.Child("arn"), s.Expect[i].On.ARN)
		for j, key := range s.Expect[i].On.VolumeKeys {
			inARN(targetPath.Child("volumeKeys").Index(j), key)
		}
	}
	return all
}

// checkRegions refuses Regions that AWS has not opened, as the provider does before it calls anything. Where AWS has
// opened one since, the setting with which the provider takes it says so here too.
func (s *Stack) checkRegions(d *strictyaml.Decoder) {
	if s.AWS.SkipRegionValidation != nil && *s.AWS.SkipRegionValidation {
		return
	}
	for _, r := range s.writtenRegions() {
		if r.code == "" || policy.KnownRegion(r.code) || strings.ContainsAny(r.code, "*?") || d.Refused(r.path) {
			continue
		}
		const newer = "if AWS has opened it since, write aws:skipRegionValidation: true"
		fix := "write the code of a Region, such as ap-northeast-1; " + newer
		if best, near := strictyaml.Nearest(r.code, policy.Regions()); near {
			fix = "did you mean " + strconv.Quote(best) + "? " + upperFirst(newer)
		}
		p := problem.Problem{
			Path:  r.path,
			Kind:  problem.Invalid,
			Value: r.code,
			Why:   "is not a Region that AWS has opened",
			Fix:   fix,
		}
		if r.in != "" {
			p.Value, p.Why = problem.Quoted(
				r.in,
			), "names the Region "+strconv.Quote(
				r.code,
			)+", which AWS has not opened"
		}
		d.Report(p)
	}
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
