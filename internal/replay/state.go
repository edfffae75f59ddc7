package replay

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"aws-access-guardrails/internal/replay/cloudtrail"
)

// state is what a replay keeps in a folder, so that it goes on where it was interrupted, and reads only what is new
// the next time: which files were read, what was found, and the ids of events.
type state struct {
	dir   string
	asked string
	files map[string]doneFile
	ids   int64
	mu    sync.Mutex
	fresh []eventKey
}

type doneFile struct {
	Size int64     `json:"size"`
	When time.Time `json:"when"`
}

type savedState struct {
	Version int                          `json:"version"`
	Asked   string                       `json:"asked"`
	Files   map[string]doneFile          `json:"files"`
	IDs     int64                        `json:"ids"`
	Fold    *fold                        `json:"fold"`
	Samples map[string]*cloudtrail.Event `json:"samples"`
	Pending map[string]*cloudtrail.Event `json:"pending"`
	ARNs    map[string]string            `json:"arns"`
	Nodes   map[string]string            `json:"nodes"`
}

const (
	stateFile = "replay.json"
	idsFile   = "ids"
	keySize   = 12
	// groupFiles and groupBytes are how much is read between two savings.
	groupFiles, groupBytes = 2000, 256 << 20
)

// Resume keeps the replay in a folder, and goes on with what is there. Asked tells one question from another: what
// another question found is refused.
func (r *Run) Resume(dir, asked string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	s := &state{dir: dir, asked: asked, files: map[string]doneFile{}}
	data, err := os.ReadFile(filepath.Join(dir, stateFile))
	switch {
	case errors.Is(err, os.ErrNotExist):
		r.state, r.seen.state = s, s
		return nil
	case err != nil:
		return err
	}
	var saved savedState
	if err := json.Unmarshal(data, &saved); err != nil || saved.Version != 1 || saved.Fold == nil {
		return fmt.Errorf(
			"%s: is no state of a replay that this version can read; remove the folder to begin anew",
			filepath.Join(dir, stateFile),
		)
	}
	if saved.Asked != asked {
		return fmt.Errorf(
			"%s: was made for other policies, or for another time or account; remove the folder, or name another one",
			dir,
		)
	}
	s.files, s.ids = saved.Files, saved.IDs
	fresh := newFold()
	saved.Fold.pending = fresh.pending
	if saved.Fold.Failed == nil { // A state of before errors were counted by name.
		saved.Fold.Failed = fresh.Failed
	}
	r.fold = saved.Fold
	for id, e := range saved.Samples {
		if row := r.fold.Rows[id]; row != nil {
			row.sample = e
		}
	}
	for _, e := range saved.Pending {
		r.fold.pending[keyOf(e.SharedID)] = pendingCopy{r.question.Judge(e, r.learned).Rows, e}
	}
	if saved.ARNs != nil {
		r.learned.ARNs, r.learned.Nodes = saved.ARNs, saved.Nodes
	}
	if err := s.load(r.seen); err != nil {
		return err
	}
	r.state, r.seen.state = s, s
	return nil
}

// load reads the ids that were there when the state was saved; what an interrupted run wrote behind them is cut off.
func (s *state) load(into *seen) error {
	file, err := os.OpenFile(filepath.Join(s.dir, idsFile), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := file.Truncate(s.ids * keySize); err != nil {
		return err
	}
	buf := make([]byte, keySize*4096)
	for {
		n, err := io.ReadFull(file, buf)
		for start := 0; start+keySize <= n; start += keySize {
			into.add(
				eventKey{
					binary.LittleEndian.Uint32(buf[start:]),
					binary.LittleEndian.Uint32(buf[start+4:]),
					binary.LittleEndian.Uint32(buf[start+8:]),
				},
			)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *state) done(in input) bool {
	have, known := s.files[in.name]
	return known && have.Size == in.size && have.When.Equal(in.when)
}

// group is how many of the files are read before the next saving.
func (s *state) group(files []input) int {
	var bytes int64
	for i, in := range files {
		if bytes += in.size; i > 0 && (bytes > groupBytes || i >= groupFiles) {
			return i
		}
	}
	return len(files)
}

// save writes the ids behind those that are there, and then the rest in one step.
func (s *state) save(r *Run, files []input) error {
	file, err := os.OpenFile(filepath.Join(s.dir, idsFile), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	buf := make([]byte, 0, len(s.fresh)*keySize)
	for _, k := range s.fresh {
		for _, part := range k {
			buf = binary.LittleEndian.AppendUint32(buf, part)
		}
	}
	_, err = file.Write(buf)
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	s.ids += int64(len(s.fresh))
	s.fresh = s.fresh[:0]
	for _, in := range files {
		if in.name != "-" {
			s.files[in.name] = doneFile{in.size, in.when}
		}
	}
	saved := savedState{
		Version: 1,
		Asked:   s.asked,
		Files:   s.files,
		IDs:     s.ids,
		Fold:    r.fold,
		Samples: map[string]*cloudtrail.Event{},
		Pending: map[string]*cloudtrail.Event{},
		ARNs:    r.learned.ARNs,
		Nodes:   r.learned.Nodes,
	}
	for id, row := range r.fold.Rows {
		if row.sample != nil {
			saved.Samples[id] = row.sample
		}
	}
	for _, p := range r.fold.pending {
		saved.Pending[p.event.SharedID+p.event.ID] = p.event
	}
	data, err := json.Marshal(saved)
	if err != nil {
		return err
	}
	next := filepath.Join(s.dir, stateFile+".next")
	if err := os.WriteFile(next, data, 0o644); err != nil {
		return err
	}
	return os.Rename(next, filepath.Join(s.dir, stateFile))
}

// note keeps an id that is new, for the next saving.
func (s *state) note(k eventKey) {
	s.mu.Lock()
	s.fresh = append(s.fresh, k)
	s.mu.Unlock()
}
