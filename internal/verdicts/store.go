package verdicts

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"aws-access-guardrails/access/claims"
	"aws-access-guardrails/access/prove"
)

// Store is a memory of verdicts. It is safe for concurrent use, also by several programs with one folder.
type Store struct {
	// dir is where files are; empty means that there are none.
	dir string
	// program tells programs apart that may judge differently; empty means that this one cannot be told.
	program func() string
	// limit is how many bytes the files may have together.
	limit int64

	mutex   sync.Mutex
	kept    map[claims.Key]map[string][]prove.Finding
	written bool
}

// Limit is how many bytes the files of a folder may have together: the oldest go first.
const Limit = 64 << 20

// InMemory is a store that ends with the program.
func InMemory() *Store { return &Store{kept: map[claims.Key]map[string][]prove.Finding{}} }

// In is a store with files in a folder, which is made when there is something to write. Program is what Program
// returns. A folder that others than this user can write is not used: whoever can write verdicts can say that
// anything holds.
func In(dir string, program func() string) *Store {
	s := InMemory()
	s.dir, s.program, s.limit = dir, sync.OnceValue(program), Limit
	if !private(dir) {
		s.dir = ""
	}
	return s
}

// files reports whether there is a folder.
func (s *Store) files() bool { return s.dir != "" && s.program() != "" }

// Dir is the folder of the user's cache in which verdicts are kept.
func Dir() (string, error) {
	user, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(user, "guardrails", "verdicts"), nil
}

// Recall returns what was kept under a key, in this run or in an earlier one.
func (s *Store) Recall(key claims.Key) (map[string][]prove.Finding, bool) {
	s.mutex.Lock()
	found, known := s.kept[key]
	s.mutex.Unlock()
	if known || !s.files() {
		return found, known
	}
	file := s.file(key)
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, false
	}
	found, err = decode(text, s.mark(key))
	if err != nil {
		return nil, false
	}
	s.used(file)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.kept[key] = found
	return found, true
}

// Keep keeps findings under a key. That a file cannot be written is no error: it is made again next time.
func (s *Store) Keep(key claims.Key, findings map[string][]prove.Finding) {
	s.mutex.Lock()
	s.kept[key], s.written = findings, true
	s.mutex.Unlock()
	if !s.files() {
		return
	}
	if text, err := encode(findings, s.mark(key)); err == nil {
		_ = write(s.dir, s.file(key), text)
	}
}

// Close removes the oldest files while there are too many. The store may be used afterwards.
func (s *Store) Close() {
	if s == nil || !s.written || !s.files() {
		return
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return
	}
	type file struct {
		name string
		size int64
		used time.Time
	}
	var files []file
	var total int64
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		// What a writer left behind that did not end is no verdict.
		if strings.HasPrefix(entry.Name(), unfinished) && time.Since(info.ModTime()) < time.Hour {
			continue
		}
		files = append(files, file{entry.Name(), info.Size(), info.ModTime()})
		total += info.Size()
	}
	slices.SortFunc(files, func(a, b file) int { return a.used.Compare(b.used) })
	for _, f := range files {
		if total <= s.limit && !strings.HasPrefix(f.name, unfinished) {
			continue
		}
		if os.Remove(filepath.Join(s.dir, f.name)) == nil {
			total -= f.size
		}
	}
}

// mark is what the file of a key begins with: what it is about, and which program wrote it.
func (s *Store) mark(key claims.Key) [sha256.Size]byte {
	return sha256.Sum256(append([]byte(s.program()+"\x00"), key[:]...))
}

func (s *Store) file(key claims.Key) string {
	mark := s.mark(key)
	return filepath.Join(s.dir, hex.EncodeToString(mark[:]))
}

// used notes that a file is of use still.
func (s *Store) used(file string) {
	if info, err := os.Stat(file); err == nil && time.Since(info.ModTime()) > time.Hour {
		now := time.Now()
		_ = os.Chtimes(file, now, now)
	}
}

// unfinished begins the names of files that are being written.
const unfinished = "unfinished-"

// write puts a file in its place whole.
func write(dir, file string, text []byte) (err error) {
	if mkdirErr := os.MkdirAll(dir, 0o700); mkdirErr != nil {
		return mkdirErr
	}
	f, err := os.CreateTemp(dir, unfinished)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(text); err != nil {
		_ = f.Close()
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
