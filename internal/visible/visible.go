package visible

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// harmful reports whether a character does something other than to be seen: controls (C0, DEL, C1), marks of
// direction, characters of no width, separators of lines and paragraphs, tags, and what no font shows. Letters,
// marks, symbols and spaces of every script pass.
func harmful(r rune) bool {
	switch {
	case r == utf8.RuneError:
		return false // Shown as the replacement character.
	case unicode.Is(unicode.Cc, r),
		unicode.Is(unicode.Cf, r),
		unicode.Is(unicode.Zl, r),
		unicode.Is(unicode.Zp, r),
		unicode.Is(unicode.Co, r):
		return true
	case r == '\u115f', r == '\u1160', r == '\u3164', r == '\uffa0', r == '\u034f', r == '\u2800':
		return true // Letters and marks that no font shows.
	case r >= '\ufe00' && r <= '\ufe0f', r >= 0xe0100 && r <= 0xe01ef, r >= '\u180b' && r <= '\u180f':
		return true // Selectors of a variant: they carry what nobody sees.
	}
	return false
}

// Line is the text on one line, harmless: every character that does something is shown as an escape, new lines and
// tabs too.
func Line(s string) string { return escaped(s, "") }

// Text is the text harmless on as many lines as it has: new lines, as Windows writes them too, and tabs stay.
func Text(s string) string { return escaped(s, "\n\t") }

func escaped(s, keep string) string {
	harmless := func(r rune) bool { return !harmful(r) || strings.ContainsRune(keep, r) }
	if utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !harmless(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && s[i] != "\ufffd"[0]:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case harmless(r), r == '\r' && keep != "" && strings.HasPrefix(s[i+1:], "\n"): // The end of a line on Windows.
			b.WriteRune(r)
		default:
			b.WriteString(escape(r))
		}
	}
	return b.String()
}

func escape(r rune) string {
	switch r {
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
		return fmt.Sprintf(`\u%04x\u%04x`, high, low) // As JSON has it, in which the writer may find it.
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// Writer writes text so that it is harmless (see Text). A character that two writes share is put together first.
// Close writes what is left of one.
type Writer struct {
	to io.Writer
	// rest is the beginning of a character whose end was not written yet.
	rest []byte
}

// NewWriter makes a writer in front of another.
func NewWriter(to io.Writer) *Writer { return &Writer{to: to} }

// Write takes all of p, or returns the error of the writer behind.
func (w *Writer) Write(p []byte) (int, error) {
	whole := append(w.rest, p...)
	w.rest = nil
	if end := incomplete(whole); end < len(whole) {
		w.rest = append([]byte(nil), whole[end:]...)
		whole = whole[:end]
	}
	if len(whole) == 0 {
		return len(p), nil
	}
	if _, err := io.WriteString(w.to, Text(string(whole))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close writes what is left of a character that has no end. It closes nothing behind.
func (w *Writer) Close() error {
	rest := w.rest
	w.rest = nil
	if len(rest) == 0 {
		return nil
	}
	_, err := io.WriteString(w.to, Text(string(rest)))
	return err
}

// incomplete is where a character begins whose end is missing; the length where there is none.
func incomplete(p []byte) int {
	for i := len(p) - 1; i >= 0 && i >= len(p)-utf8.UTFMax; i-- {
		if utf8.RuneStart(p[i]) {
			if utf8.FullRune(p[i:]) {
				return len(p)
			}
			return i
		}
	}
	return len(p)
}

// Shell is the word as a POSIX shell takes it for one word and expands nothing in it. Characters that do something on
// a terminal are written in the form $'...', which bash, zsh and ksh know.
func Shell(word string) string {
	plain := func(r rune) bool {
		return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("@%+=:,./_-", r))
	}
	switch {
	case word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0:
		return word
	case Line(word) == word:
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return "$'" + Line(strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(word)) + "'"
}

// markdown are the characters, and one sequence, that mean something to Markdown as GitHub and GitLab have it inside
// of a line. An empty comment keeps a name behind @ from being called, and an address from becoming a link.
var markdown = strings.NewReplacer(
	"\\",
	`\\`,
	"*",
	`\*`,
	"_",
	`\_`,
	"`",
	"\\`",
	"[",
	`\[`,
	"|",
	`\|`,
	"~",
	`\~`,
	"&",
	"&amp;",
	"<",
	"&lt;",
	"@",
	"@<!-- -->",
	"://",
	":<!-- -->//",
	"www.",
	"www<!-- -->.",
)

// Markdown is the text as Markdown shows it literally on one line: nothing in it is a link, an image, a mention,
// HTML, or the end of a cell of a table.
func Markdown(s string) string { return markdown.Replace(Line(s)) }
