package problem

import (
	"strconv"
	"strings"
)

// Path is the place of a value as the admin wrote it, such as "guardrails:users[1].name". The empty path is the file,
// or the section that the path is relative to.
type Path string

// IsPlainKey reports whether a key stands in a path as it is: ASCII letters, digits, "_" and "-". Other keys are quoted
// in brackets.
func IsPlainKey(name string) bool {
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-':
		default:
			return false
		}
	}
	return name != ""
}

// Child is the path of a key of the value. Keys that are not plain words are quoted in brackets.
func (p Path) Child(name string) Path {
	if !IsPlainKey(name) {
		return p.Key(name)
	}
	return p.Join(Path(name))
}

// Key is the path of a key that the admin chose, as in tags["Team"].
func (p Path) Key(name string) Path {
	return p + Path("["+strconv.Quote(name)+"]")
}

// Index is the path of an element of the list, counted from zero.
func (p Path) Index(i int) Path {
	return p + Path("["+strconv.Itoa(i)+"]")
}

// Join is the path of a value whose path below this one is known.
func (p Path) Join(below Path) Path {
	switch {
	case below == "":
		return p
	case p == "", strings.HasSuffix(string(p), ":"), below[0] == '[':
		return p + below
	}
	return p + "." + below
}

// Parent is the path of the value that holds this one; the empty path has none.
func (p Path) Parent() (Path, bool) {
	if p == "" {
		return "", false
	}
	if end := strings.LastIndexAny(string(p), ".["); end > 0 {
		return p[:end], true
	}
	return "", true
}

// Within reports whether the path is the other one or lies inside it.
func (p Path) Within(other Path) bool {
	rest, found := strings.CutPrefix(string(p), string(other))
	return found && (rest == "" || other == "" || rest[0] == '.' || rest[0] == '[')
}

// Whole reports whether a path never has a section before it: several nouns report account and tags.project, and the
// paths of operation roles begin with their section.
func (p Path) Whole() bool {
	return p == "tags.project" || strings.HasPrefix(string(p), "account.") ||
		strings.HasPrefix(string(p), "operationRoles[")
}

// Under is the path with the section of its noun before it, where it is relative to one.
func (p Path) Under(section Path) Path {
	if p.Whole() {
		return p
	}
	return section.Join(p)
}

// Named is the path with the names of elements in place of their numbers, so that it stays the same when something is
// put before them. An element whose name is empty loses its number alone.
func (p Path) Named(name func(list Path, i int) string) Path {
	var out Path
	rest := p
	for rest != "" {
		list, number, behind, found := rest.nextIndex()
		if !found {
			break
		}
		out += list
		if n := name(p[:len(p)-len(rest)]+list, number); n != "" {
			out += Path("." + n)
		}
		rest = behind
	}
	return out + rest
}

// nextIndex cuts the path around the first number of an element. Numbers inside of quoted keys are none.
func (p Path) nextIndex() (before Path, number int, behind Path, found bool) {
	for i := 0; i < len(p); i++ {
		if p[i] != '[' {
			continue
		}
		inside := string(p[i+1:])
		if key, err := strconv.QuotedPrefix(inside); err == nil {
			i += len(key)
			continue
		}
		digits, after, closed := strings.Cut(inside, "]")
		if n, err := strconv.Atoi(digits); closed && err == nil {
			return p[:i], n, Path(after), true
		}
	}
	return p, 0, "", false
}
