package strictyaml

import (
	"regexp"
	"strconv"
	"strings"
)

// Path is the place of a value as the admin wrote it, such as "guardrails:users[1].name". The empty path is the file.
type Path string

var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// Child is the path of a key of the value. Keys that are not plain words are quoted in brackets.
func (p Path) Child(name string) Path {
	if !plainKey.MatchString(name) {
		return p.Key(name)
	}
	if p == "" || strings.HasSuffix(string(p), ":") {
		return p + Path(name)
	}
	return p + Path("."+name)
}

// Key is the path of a key that the admin chose, as in tags["Team"].
func (p Path) Key(name string) Path {
	return p + Path("["+strconv.Quote(name)+"]")
}

// Index is the path of an element of the list, counted from zero.
func (p Path) Index(i int) Path {
	return p + Path("["+strconv.Itoa(i)+"]")
}

// parent is the path of the value that holds this one; the empty path has none.
func (p Path) parent() (Path, bool) {
	if p == "" {
		return "", false
	}
	if at := strings.LastIndexAny(string(p), ".["); at > 0 {
		return p[:at], true
	}
	return "", true
}

// Within reports whether the path is the other one or lies inside it.
func (p Path) Within(other Path) bool {
	rest, found := strings.CutPrefix(string(p), string(other))
	return found && (rest == "" || other == "" || rest[0] == '.' || rest[0] == '[')
}
