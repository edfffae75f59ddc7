package reach

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// span is a time in which nothing changes: from is included, until is not and nil where there is no end.
type span struct {
	from  time.Time
	until *time.Time
}

// spans cut the time from At on at the moments that the policies of the principals name. Conditions compare whole
// seconds, so what is so at the moment and in the second after it is so until the next one.
func (b *finder) spans(principals ...string) []span {
	start := b.options.At.UTC().Truncate(time.Second)
	cuts := []time.Time{start}
	for _, moment := range b.documents.moments(principals...) {
		for _, cut := range []time.Time{moment, moment.Add(time.Second)} {
			if cut.After(start) && !slices.ContainsFunc(cuts, cut.Equal) {
				cuts = append(cuts, cut)
			}
		}
	}
	slices.SortFunc(cuts, time.Time.Compare)
	out := make([]span, len(cuts))
	for i := range cuts {
		out[i].from = cuts[i]
		if i+1 < len(cuts) {
			out[i].until = &cuts[i+1]
		}
	}
	return out
}

// moments are the times with which the policies of the principals compare the time of a call.
func (d documents) moments(principals ...string) []time.Time {
	var out []time.Time
	for _, v := range d.values(principals, func(t documentText) bool {
		key := strings.ToLower(t.key)
		return !t.resource && (key == "aws:currenttime" || key == "aws:epochtime" || key == "aws:tokenissuetime")
	}) {
		moment, err := time.Parse(time.RFC3339, v)
		if seconds, notNumber := strconv.ParseInt(v, 10, 64); notNumber == nil {
			moment, err = time.Unix(seconds, 0).UTC(), nil
		}
		if err == nil {
			out = append(out, moment.UTC())
		}
	}
	return out
}
