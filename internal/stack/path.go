package stack

import (
	"slices"

	"aws-access-guardrails/internal/stackfile"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/problem"
)

// stackPath is the path of a section.
func stackPath(section problem.Path) problem.Path {
	return problem.Path(stackfile.Namespace + ":").Join(section)
}

// whereWritten is the path at which the file has what a component knows by another one, or by one around it.
func whereWritten(written map[problem.Path]problem.Path, path problem.Path) problem.Path {
	for around, found := path, path != ""; found; around, found = around.Parent() {
		if other, elsewhere := written[around]; elsewhere {
			return other + path[len(around):]
		}
	}
	return path
}

// reportAll reports what a component says about its Args, but for the fields that come from other sections. Every
// such problem is one of a value, whatever it is to the component.
func reportAll(
	d *strictyaml.Decoder,
	section problem.Path,
	derived []problem.Path,
	written map[problem.Path]problem.Path,
	err error,
) {
	for _, p := range problem.Of(err) {
		if slices.ContainsFunc(derived, p.Path.Within) {
			continue
		}
		found := *p
		found.Kind, found.Path = problem.Invalid, stackPath(p.Path.Under(section))
		found.Path = whereWritten(written, found.Path)
		// A list of which elements were refused is empty for the component alone.
		if p.Kind == problem.Missing && d.Refused(found.Path) {
			continue
		}
		d.Report(found)
	}
}
