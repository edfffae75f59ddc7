package glob

import "sync"

// Memory remembers what patterns alone come to, whoever asks: it depends on no caller and on no world. Several
// goroutines may use one at once.
type Memory struct {
	mu      sync.Mutex
	pieces  map[string][]Glob
	classes map[string]Classes
}

// Classes are texts of the classes that some patterns tell apart. Sure: there is no other class.
type Classes struct {
	Texts []string
	Sure  bool
}

// NewMemory is a Memory in which there is nothing yet.
func NewMemory() *Memory {
	return &Memory{pieces: map[string][]Glob{}, classes: map[string]Classes{}}
}

// Between is g.Between(before, after). Nobody may write into it.
func (m *Memory) Between(g, before, after Glob) []Glob {
	id := g.Identity() + "\x00" + before.Identity() + "\x00" + after.Identity()
	return remembered(m, m.pieces, id, func() []Glob { return g.Between(before, after) })
}

// Classes is what find says of the patterns with an id. Nobody may write into it.
func (m *Memory) Classes(id string, find func() Classes) Classes {
	return remembered(m, m.classes, id, find)
}

// remembered asks without the lock: two goroutines may find the same twice, and none waits for a long search.
func remembered[T any](m *Memory, known map[string]T, id string, find func() T) T {
	m.mu.Lock()
	have, ok := known[id]
	m.mu.Unlock()
	if ok {
		return have
	}
	found := find()
	m.mu.Lock()
	known[id] = found
	m.mu.Unlock()
	return found
}
