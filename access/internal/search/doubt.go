package search

// Doubt is why a request that the search found is not one that the evaluator allows. The zero Doubt is none.
type Doubt struct {
	Kind DoubtKind
	// Why is a clause that goes on from what the kind says.
	Why string
}

// DoubtKind is which of the kinds of doubt one is.
type DoubtKind int

// The kinds of doubt.
const (
	// NotSent: AWS sends no such request today.
	NotSent DoubtKind = iota
	// DecidedOtherwise: taken by itself, the request is decided otherwise than the search found.
	DecidedOtherwise
	// NotDecided: taken by itself, the request cannot be decided.
	NotDecided
)

// String is the doubt for machines; empty for none.
func (d Doubt) String() string {
	switch d.Kind {
	case DecidedOtherwise:
		return "the evaluator finds it " + d.Why
	case NotDecided:
		return "the evaluator cannot decide it: " + d.Why
	}
	return d.Why
}

// Sentence is what to tell people of the request, in a sentence without its period; empty for no doubt.
func (d Doubt) Sentence() string {
	const alone = "this may be a false alarm: taken by itself, the request "
	switch {
	case d == Doubt{}:
		return ""
	case d.Kind == DecidedOtherwise:
		return alone + "is " + d.Why
	case d.Kind == NotDecided:
		return alone + "cannot be decided: " + d.Why
	}
	return "AWS does not send this request today: " + d.Why
}

// notSent doubts a request that AWS sends no more, or never did.
func notSent(why string) Doubt { return Doubt{NotSent, why} }
