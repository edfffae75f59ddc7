package store

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
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

// Tx is one API call under way.
type Tx struct {
	undo    []func()
	changes []change
}

// Rollback undoes what the call changed, the last change first.
func (t *Tx) Rollback() {
	for i := len(t.undo) - 1; i >= 0; i-- {
		t.undo[i]()
	}
	t.undo, t.changes = nil, nil
}

// Store is the state file: a header line, then one line per call that changed something, each the JSON list of its
// changes. A line is written before the call returns, and then the header says that it is there: how many bytes
// follow it, and their sum. So a file that lost or changed something is told from one whose last call was under way
// when the process was killed. The file is rewritten, sorted and without history, each time it is opened.
type Store struct {
	Path string
	file *os.File
	lock io.Closer
	// bytes and sum are those of the header.
	bytes int64
	sum   uint32
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
	// Bytes is how many bytes of whole lines follow the header, and Sum their CRC-32C. Files of before have neither.
	Bytes *int64 `json:"bytes,omitempty"`
	Sum   uint32 `json:"sum,omitempty"`
}

// headerLength is the length of the header's line. It does not change, so that the header can be written again in its
// place.
const headerLength = 64

var errInUse = errors.New("another process uses this sandbox; wait for it to end")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// line is the header with its end.
func (h header) line() ([]byte, error) {
	text, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	return append(text, strings.Repeat(" ", headerLength-1-len(text))+"\n"...), nil
}

// Sound reports what is wrong with a state file, without opening the world; a StateError where it cannot be read. No
// file is a world with nothing in it.
func Sound(path string) error {
	_, err := readState(path)
	return err
}

// readState gives the lines of a state file after its header: those that the header knows of, and what calls that
// were under way have written whole.
func readState(path string) (lines []byte, err error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	broken := func(format string, a ...any) ([]byte, error) {
		return nil, &StateError{Path: path, Err: fmt.Errorf(format, a...)}
	}
	var unread *fs.PathError
	if errors.As(err, &unread) {
		return broken("it cannot be read: %w", unread.Err)
	}
	if err != nil {
		return broken("it cannot be read: %w", err)
	}
	if len(data) == 0 {
		return broken("the file is empty")
	}
	first, lines, whole := bytes.Cut(data, []byte("\n"))
	var h header
	if err := json.Unmarshal(first, &h); err != nil || !whole || h.Sandbox != stateVersion {
		return broken("line 1: not a sandbox state of version %d", stateVersion)
	}
	if h.Bytes != nil {
		switch known := *h.Bytes; {
		case known < 0 || known > int64(len(lines)):
			return broken("the end of the file is missing: %d of %d bytes are there", len(lines), known)
		case crc32.Checksum(lines[:known], castagnoli) != h.Sum:
			return broken("the file was changed by something else than a sandbox")
		}
	}
	// A line without its end was cut off by a crash in the middle of a write: its call never returned.
	return lines[:bytes.LastIndexByte(lines, '\n')+1], nil
}

// Open locks the state file, reads it into the tables and rewrites it. An empty path keeps the world in memory
// only.
func Open(path string, tables []AnyTable) (*Store, error) {
	if path == "" {
		return &Store{}, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("sandbox state: %w", err)
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("sandbox state %s: %w", path, err)
	}
	s := &Store{Path: path, lock: lock}
	if err := s.read(tables); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	if err := s.rewrite(tables); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return s, nil
}

func (s *Store) read(tables []AnyTable) error {
	data, err := readState(s.Path)
	if err != nil {
		return err
	}
	byName := map[string]AnyTable{}
	for _, t := range tables {
		byName[t.name()] = t
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data)+1)
	for n := 2; lines.Scan(); n++ { // After the header.
		if err := readLine(lines.Bytes(), byName); err != nil {
			return &StateError{Path: s.Path, Err: fmt.Errorf("line %d: %w", n, err)}
		}
	}
	return lines.Err()
}

func readLine(line []byte, tables map[string]AnyTable) error {
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

// rewrite replaces the file by one without history and keeps it open for the calls to come.
func (s *Store) rewrite(tables []AnyTable) error {
	temp, err := os.CreateTemp(filepath.Dir(s.Path), filepath.Base(s.Path)+".*")
	if err != nil {
		return fmt.Errorf("sandbox state: %w", err)
	}
	fail := func(err error) error {
		return fmt.Errorf("sandbox state: %w", errors.Join(err, temp.Close(), os.Remove(temp.Name())))
	}
	s.file, s.bytes, s.sum = temp, 0, 0
	if _, writeErr := temp.Write(make([]byte, headerLength)); writeErr != nil {
		return fail(writeErr)
	}
	out := bufio.NewWriter(temp)
	for _, t := range tables {
		eachErr := t.each(func(account, key string, row any) error {
			raw, marshalErr := json.Marshal(row)
			if marshalErr != nil {
				return marshalErr
			}
			line, marshalErr := lineOf([]change{{Table: t.name(), Account: account, Key: key, Row: raw}})
			if marshalErr != nil {
				return marshalErr
			}
			s.count(line)
			_, marshalErr = out.Write(line)
			return marshalErr
		})
		if eachErr != nil {
			return fail(eachErr)
		}
	}
	if joinErr := errors.Join(out.Flush(), s.writeHeader()); joinErr != nil {
		return fail(joinErr)
	}
	if closeErr := temp.Close(); closeErr != nil {
		return fail(closeErr)
	}
	if renameErr := os.Rename(temp.Name(), s.Path); renameErr != nil {
		return fail(renameErr)
	}
	s.file, err = os.OpenFile(s.Path, os.O_WRONLY, 0o600)
	return err
}

func lineOf(changes []change) ([]byte, error) {
	line, err := json.Marshal(changes)
	return append(line, '\n'), err
}

// count adds a line to what the header says.
func (s *Store) count(line []byte) {
	s.bytes += int64(len(line))
	s.sum = crc32.Update(s.sum, castagnoli, line)
}

func (s *Store) writeHeader() error {
	line, err := header{Sandbox: stateVersion, Bytes: &s.bytes, Sum: s.sum}.line()
	if err != nil {
		return err
	}
	_, err = s.file.WriteAt(line, 0)
	return err
}

// Commit appends the changes of a call. After an error the file is as it was.
func (s *Store) Commit(t *Tx) error {
	if len(t.changes) == 0 || s.Path == "" {
		return nil
	}
	line, err := lineOf(t.changes)
	if err != nil {
		return err
	}
	bytes, sum := s.bytes, s.sum
	if _, err = s.file.WriteAt(line, headerLength+bytes); err == nil {
		s.count(line)
		err = s.writeHeader()
	}
	if err != nil {
		s.bytes, s.sum = bytes, sum
		return fmt.Errorf("sandbox state: %w", errors.Join(err, s.file.Truncate(headerLength+bytes)))
	}
	return nil
}

// Close lets other processes have the state file.
func (s *Store) Close() error {
	if s.Path == "" {
		return nil
	}
	return errors.Join(s.file.Close(), s.lock.Close())
}
