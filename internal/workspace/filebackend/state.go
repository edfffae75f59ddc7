package filebackend

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/encoding"
	"gopkg.in/yaml.v3"
)

// checkpoint is what this program has to know of an engine's state.
type checkpoint struct {
	Version    int `json:"version"`
	Checkpoint *struct {
		Latest *struct {
			Manifest struct {
				Time time.Time `json:"time"`
			} `json:"manifest"`
			Resources []resource `json:"resources"`
		} `json:"latest"`
	} `json:"checkpoint"`
}

// ReadState reads the engine's state of a stack, whatever way it is compressed, and reports what is wrong with it.
// saved is when the engine made it, to compare states of one stack with; it is zero where the stack was never
// deployed.
func ReadState(file string) (saved time.Time, err error) {
	state, err := readCheckpoint(file)
	if err != nil || state.Checkpoint.Latest == nil {
		return time.Time{}, err
	}
	return state.Checkpoint.Latest.Manifest.Time, nil
}

// readCheckpoint is read that is false of what is no state of a stack, too.
func readCheckpoint(file string) (checkpoint, error) {
	state, err := read(file)
	if err == nil && (state.Version < 1 || state.Checkpoint == nil) {
		err = errors.New("this is not the engine's state of a stack")
	}
	return state, err
}

// Export is the engine's state of a stack in the form in which "pulumi stack export" gives it, secrets encrypted.
func Export(file string) ([]byte, error) {
	if _, err := ReadState(file); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var whole struct {
		Version    int `json:"version"`
		Checkpoint struct {
			Latest json.RawMessage `json:"latest"`
		} `json:"checkpoint"`
	}
	marshaler := encoding.Compress(encoding.JSON, encoding.DetectCompression(data))
	if err := marshaler.Unmarshal(data, &whole); err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{"version": whole.Version, "deployment": whole.Checkpoint.Latest})
}

// read is false of what no engine reads: nothing, half a file, and what is not JSON.
func read(file string) (state checkpoint, err error) {
	data, err := os.ReadFile(file)
	var unread *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return state, err
	case errors.As(err, &unread): // Whoever tells it names the file.
		return state, fmt.Errorf("the engine's state of a stack cannot be read: %w", unread.Err)
	case err != nil:
		return state, err
	}
	if len(strings.TrimSpace(string(data))) == 0 {
		return state, errors.New("the engine's state of a stack is empty")
	}
	marshaler := encoding.Compress(encoding.JSON, encoding.DetectCompression(data))
	var object map[string]json.RawMessage
	if err := cmp.Or(marshaler.Unmarshal(data, &object), marshaler.Unmarshal(data, &state)); err != nil {
		var other *json.UnmarshalTypeError
		if errors.As(err, &other) {
			return state, errors.New("this is not the engine's state of a stack")
		}
		first, _, _ := strings.Cut(err.Error(), "\n")
		return state, fmt.Errorf("the engine's state of a stack cannot be read: %s", first)
	}
	if object == nil {
		return state, errors.New("this is not the engine's state of a stack")
	}
	return state, nil
}

// ReadLayout reports what is wrong with the file that says how the states are laid out: without it the engine looks
// elsewhere and finds no stack.
func ReadLayout(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var layout struct {
		Version int `yaml:"version"`
	}
	if err := yaml.Unmarshal(data, &layout); err != nil {
		return err
	}
	if layout.Version < 1 {
		return errors.New("it does not say which version it has")
	}
	return nil
}

// copyOfState is a state of the stack that the backend kept.
type copyOfState struct {
	file string
	// saved is when the engine made the state, and written when the file was.
	saved, written time.Time
}

func (c copyOfState) after(other copyOfState) bool {
	if !c.saved.Equal(other.saved) {
		return c.saved.After(other.saved)
	}
	return c.written.After(other.written)
}

// lastGood is the newest of the copies that can be read: what stood there before the last writing, what was kept at
// the end of each run, and its history.
func (p Place) lastGood() (newest copyOfState) {
	var files []string
	for _, pattern := range []string{
		p.base() + ".json*",
		filepath.Join(p.part("backups"), p.stack, p.stack+".*.json*"),
		filepath.Join(p.part("history"), p.stack, p.stack+"-*.checkpoint.json*"),
	} {
		found, _ := filepath.Glob(pattern) // Names of projects and stacks have nothing that a pattern reads.
		files = append(files, found...)
	}
	now := p.state()
	for _, file := range files {
		if end := filepath.Ext(file); file == now || end == ".attrs" || end == ".tmp" || end == aside {
			continue
		}
		info, err := os.Lstat(file)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		saved, err := ReadState(file)
		found := copyOfState{file: file, saved: saved, written: info.ModTime()}
		if err == nil && (newest.file == "" || found.after(newest)) {
			newest = found
		}
	}
	return newest
}
