package filebackend

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"time"
)

// Lock is a lock on the stack, as the engine writes it.
type Lock struct {
	// File is its path.
	File string `json:"-"`
	// User, Host and PID say which process made it, and At when.
	PID  int       `json:"pid"`
	User string    `json:"username"`
	Host string    `json:"hostname"`
	At   time.Time `json:"timestamp"`
}

// lockFiles are the files that an engine takes for locks on the stack.
func (p Place) lockFiles() (files []string) {
	entries, err := os.ReadDir(p.locks())
	if err != nil {
		return nil
	}
	for _, entry := range entries {
		if entry.Type().IsRegular() && filepath.Ext(entry.Name()) != ".attrs" {
			files = append(files, filepath.Join(p.locks(), entry.Name()))
		}
	}
	return files
}

// Locks are the locks on the stack that can be read.
func (p Place) Locks() (locks []Lock) {
	for _, file := range p.lockFiles() {
		data, err := os.ReadFile(file)
		lock := Lock{File: file}
		if err == nil && json.Unmarshal(data, &lock) == nil {
			locks = append(locks, lock)
		}
	}
	return locks
}

// Lock locks the stack for this process in the way of the engine, so that no engine begins until release is called.
// Whoever takes it looks for the locks of others afterwards: two that begin at once see each other.
func (p Place) Lock() (taken Lock, release func(), err error) {
	host, err := os.Hostname()
	if err != nil {
		return taken, nil, err
	}
	taken = Lock{PID: os.Getpid(), Host: host, User: "guardrails", At: time.Now()}
	if who, currentErr := user.Current(); currentErr == nil {
		taken.User = who.Username
	}
	data, err := json.Marshal(taken)
	if err != nil {
		return taken, nil, err
	}
	if mkdirErr := os.MkdirAll(p.locks(), 0o777); mkdirErr != nil {
		return taken, nil, mkdirErr
	}
	// A file that is not whole yet must not lie among the locks.
	next, err := os.CreateTemp(p.root, "lock-*.tmp")
	if err != nil {
		return taken, nil, err
	}
	_, err = next.Write(data)
	taken.File = filepath.Join(p.locks(), fmt.Sprintf("guardrails-%d-%d.json", taken.PID, taken.At.UnixNano()))
	if err = errors.Join(err, next.Chmod(0o644), next.Close()); err == nil {
		err = os.Rename(next.Name(), taken.File)
	}
	if err != nil {
		return taken, nil, errors.Join(err, os.Remove(next.Name()))
	}
	return taken, func() { _ = os.Remove(taken.File) }, nil
}
