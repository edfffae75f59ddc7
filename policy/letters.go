package policy

// letters is a set of ASCII characters. What most texts of documents are held against is which characters they have, and
// a set answers faster than a regular expression.
type letters [128]bool

const (
	lowerLetters = "abcdefghijklmnopqrstuvwxyz"
	upperLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits       = "0123456789"
)

// lettersOf is the set of the characters of a text.
func lettersOf(text string) *letters {
	var l letters
	for i := range len(text) {
		l[text[i]] = true
	}
	return &l
}

// only reports whether a text has characters of the set alone; an empty one has.
func (l *letters) only(text string) bool {
	for i := range len(text) {
		if text[i] >= 128 || !l[text[i]] {
			return false
		}
	}
	return true
}

// some is only for a text that is not empty.
func (l *letters) some(text string) bool { return text != "" && l.only(text) }
