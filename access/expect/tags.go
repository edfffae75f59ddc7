package expect

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"aws-access-guardrails/access/internal/conditionkey"
	"aws-access-guardrails/access/internal/engine"
	"aws-access-guardrails/access/journey"
	"aws-access-guardrails/access/prove"
	"aws-access-guardrails/access/world"
)

// An expectation can name a resource by its ARN, and nobody says there which tags it has. Where policies read them,
// what
// is expected may be so with some tags and not with others: it then holds if the resource has such tags, and says
// which.

// maxTaggings bounds how many sets of tags are tried.
const maxTaggings = 200

// judgeTags judges a journey on a resource of unknown tags with each set of tags that the policies tell apart. A
// journey that ends alike with all of them is judged as it is.
func judgeTags(e *engine.Engine, r *ExpectationResult, j journey.Journey) (untimed, done bool) {
	arn := r.Expectation.On.ARN
	if arn == "" || j.Does == nil || e.TagsKnown(arn) || carriesTags(j.Does.Context) {
		return false, false
	}
	arrival, err := journey.Walk(e, j)
	if err != nil {
		return false, false
	}
	sets := taggings(e.TagsRead(arrival.As, j.Does.Action))
	if len(sets) < 2 {
		return false, false
	}
	var best, worst *ExpectationResult
	with := map[*ExpectationResult][]world.Tag{}
	for _, tags := range sets {
		next, tagged := *r, j
		tagged.Does = j.Does.Tagged(arn, tags)
		if judgeJourney(e, &next, tagged) {
			return true, false
		}
		with[&next] = tags
		if best == nil || next.Verdict < best.Verdict {
			best = &next
		}
		if worst == nil || next.Verdict > worst.Verdict {
			worst = &next
		}
	}
	if (best.Verdict == prove.DoesNotHold) == (worst.Verdict == prove.DoesNotHold) {
		return false, false
	}
	*r = *best
	r.Verdict = prove.HoldsIf
	r.Assumptions = append(slices.Clip(r.Assumptions), prove.ProofAssumption{
		ID: arn, Text: fmt.Sprintf(
			"%s has %s, or others with which it is decided alike", arn, tagsInWords(with[best], sets),
		),
	})
	return false, true
}

// carriesTags reports whether a request says itself which tags its resource has.
func carriesTags(context engine.Context) bool {
	for name := range context {
		if k, err := conditionkey.CompileKey(name); err == nil && k.Kind == conditionkey.KeyResourceTag {
			return true
		}
	}
	return false
}

// taggings are sets of tags: none first, then each value of each key, and of several keys together.
func taggings(read map[string][]string) [][]world.Tag {
	sets := [][]world.Tag{{}}
	for _, key := range slices.Sorted(maps.Keys(read)) {
		for _, have := range slices.Clone(sets) {
			for _, value := range append(slices.Clip(read[key]), "something-else") {
				if len(sets) < maxTaggings {
					sets = append(sets, append(slices.Clip(have), world.Tag{Key: key, Value: value}))
				}
			}
		}
	}
	return sets
}

// tagsInWords names tags, or the keys that are missing where there are none.
func tagsInWords(tags []world.Tag, sets [][]world.Tag) string {
	if len(tags) > 0 {
		return "the tags " + world.TagWords(tags)
	}
	var keys []string
	for _, set := range sets {
		for _, tag := range set {
			if !slices.Contains(keys, tag.Key) {
				keys = append(keys, tag.Key)
			}
		}
	}
	return "no tag " + strings.Join(keys, " or ")
}
