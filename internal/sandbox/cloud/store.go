package cloud

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// stateVersion is the version of the state file that this package reads and writes.
const stateVersion = 1

// change is one row of one table after a call; no row means that it is gone.
type change struct {
	Table   string          `json:"table"`
	Account string          `json:"account,omitempty"`
	Key     string          `json:"key"`
	Row     json.RawMessage `json:"row,omitempty"`
}

// tx is one API call under way.
type tx struct {
	undo    []func()
	changes []change
}

func (t *tx) rollback() {
	for i := len(t.undo) - 1; i >= 0; i-- {
		t.undo[i]()
	}
	t.undo, t.changes = nil, nil
}

// store is the state file: a header line, then one line per call that changed something, each the JSON list of its changes. A line is
// appended in one write before the call returns. The file is rewritten, sorted and without history, each time it is opened.
type store struct {
	path string
	file *os.File
	lock io.Closer
}

// StateError is a state file that cannot be read.
type StateError struct {
	// Path is the file's; Err says what is wrong with it, and on which line.
	Path string
	Err  error
}

func (e *StateError) Error() string { return fmt.Sprintf("sandbox state %s: %v", e.Path, e.Err) }

// Unwrap gives what is wrong.
func (e *StateError) Unwrap() error { return e.Err }

type header struct {
	Sandbox int `json:"sandbox"`
}

// openStore locks the state file, reads it into the tables and rewrites it. An empty path keeps the world in memory only.
func openStore(path string, tables []anyTable) (*store, error) {
	if path == "" {
		return &store{}, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("sandbox state: %w", err)
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("sandbox state %s: %w", path, err)
	}
	s := &store{path: path, lock: lock}
	if err := s.read(tables); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	if err := s.rewrite(tables); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return s, nil
}

func (s *store) read(tables []anyTable) error {
	data, err := os.ReadFile(s.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sandbox state: %w", err)
	}
	// A line without its end was cut off by a crash in the middle of a write: its call never returned.
	data = data[:bytes.LastIndexByte(data, '\n')+1]
	byName := map[string]anyTable{}
	for _, t := range tables {
		byName[t.name()] = t
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data)+1)
	for n := 1; lines.Scan(); n++ {
		if err := readLine(n, lines.Bytes(), byName); err != nil {
			return &StateError{Path: s.path, Err: fmt.Errorf("line %d: %w", n, err)}
		}
	}
	return lines.Err()
}

func readLine(n int, line []byte, tables map[string]anyTable) error {
	if n == 1 {
		var h header
		if err := json.Unmarshal(line, &h); err != nil || h.Sandbox != stateVersion {
			return fmt.Errorf("not a sandbox state of version %d", stateVersion)
		}
		return nil
	}
	var changes []change
	if err := json.Unmarshal(line, &changes); err != nil {
		return err
	}
	for _, c := range changes {
		t, ok := tables[c.Table]
		if !ok {
			return fmt.Errorf("unknown table %q", c.Table)
		}
		if err := t.load(c.Account, c.Key, c.Row); err != nil {
			return fmt.Errorf("%s %s/%s: %w", c.Table, c.Account, c.Key, err)
		}
	}
	return nil
}

// rewrite replaces the file by one without history and keeps it open for appending.
func (s *store) rewrite(tables []anyTable) error {
	temp, err := os.CreateTemp(filepath.Dir(s.path), filepath.Base(s.path)+".*")
	if err != nil {
		return fmt.Errorf("sandbox state: %w", err)
	}
	out := bufio.NewWriter(temp)
	fail := func(err error) error {
		return fmt.Errorf("sandbox state: %w", errors.Join(err, temp.Close(), os.Remove(temp.Name())))
	}
	if err := writeLine(out, header{Sandbox: stateVersion}); err != nil {
		return fail(err)
	}
	for _, t := range tables {
		err := t.each(func(account, key string, row any) error {
			raw, err := json.Marshal(row)
			if err != nil {
				return err
			}
			return writeLine(out, []change{{Table: t.name(), Account: account, Key: key, Row: raw}})
		})
		if err != nil {
			return fail(err)
		}
	}
	if err := out.Flush(); err != nil {
		return fail(err)
	}
	if err := temp.Close(); err != nil {
		return fail(err)
	}
	if err := os.Rename(temp.Name(), s.path); err != nil {
		return fail(err)
	}
	s.file, err = os.OpenFile(s.path, os.O_APPEND|os.O_WRONLY, 0o600)
	return err
}

func writeLine(out io.Writer, v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = out.Write(append(line, '\n'))
	return err
}

// commit appends the changes of a call. After an error the file is as it was.
func (s *store) commit(t *tx) error {
	if len(t.changes) == 0 || s.path == "" {
		return nil
	}
	line, err := json.Marshal(t.changes)
	if err != nil {
		return err
	}
	end, err := s.file.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("sandbox state: %w", err)
	}
	if _, err := s.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("sandbox state: %w", errors.Join(err, s.file.Truncate(end)))
	}
	return nil
}

func (s *store) close() error {
	if s.path == "" {
		return nil
	}
	return errors.Join(s.file.Close(), s.lock.Close())
}
