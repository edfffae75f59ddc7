package store

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Table holds the entities of one kind, by account and key. A row that was put is never changed in place: change a
// copy and put it.
type Table[T any] struct {
	title string
	rows  map[string]map[string]T
}

// AnyTable is what the state file needs of a table.
type AnyTable interface {
	name() string
	load(account, key string, row json.RawMessage) error
	each(func(account, key string, row any) error) error
}

// NewTable is an empty table; the title is its name in the state file.
func NewTable[T any](title string) *Table[T] {
	return &Table[T]{title: title, rows: map[string]map[string]T{}}
}

func (t *Table[T]) name() string { return t.title }

// Get is the row of the key, and whether there is one.
func (t *Table[T]) Get(account, key string) (T, bool) {
	row, ok := t.rows[account][key]
	return row, ok
}

// Has reports whether there is a row of the key.
func (t *Table[T]) Has(account, key string) bool {
	_, ok := t.rows[account][key]
	return ok
}

// Keys are the keys of an account, sorted.
func (t *Table[T]) Keys(account string) []string {
	return slices.Sorted(maps.Keys(t.rows[account]))
}

// List is the rows of an account, sorted by key.
func (t *Table[T]) List(account string) []T {
	rows := make([]T, 0, len(t.rows[account]))
	for _, key := range t.Keys(account) {
		rows = append(rows, t.rows[account][key])
	}
	return rows
}

// Find is the one row of an account that fits, looked for first under the key that it most likely has.
func (t *Table[T]) Find(account, likely string, fits func(T) bool) (T, bool) {
	if row, ok := t.Get(account, likely); ok && fits(row) {
		return row, true
	}
	for _, row := range t.rows[account] {
		if fits(row) {
			return row, true
		}
	}
	var none T
	return none, false
}

// Accounts are the accounts that have rows, sorted.
func (t *Table[T]) Accounts() []string { return slices.Sorted(maps.Keys(t.rows)) }

// Put stores a copy of the row, undone if the call fails.
func (t *Table[T]) Put(tx *Tx, account, key string, row T) {
	raw, err := json.Marshal(row)
	if err != nil {
		panic(fmt.Sprintf("cloud: %s/%s/%s cannot be stored: %v", t.title, account, key, err))
	}
	var stored T
	if err := json.Unmarshal(raw, &stored); err != nil {
		panic(fmt.Sprintf("cloud: %s/%s/%s cannot be read back: %v", t.title, account, key, err))
	}
	tx.undo = append(tx.undo, t.restore(account, key))
	t.set(account, key, stored)
	tx.changes = append(tx.changes, change{Table: t.title, Account: account, Key: key, Row: raw})
}

// Remove drops the row, undone if the call fails.
func (t *Table[T]) Remove(tx *Tx, account, key string) {
	tx.undo = append(tx.undo, t.restore(account, key))
	t.drop(account, key)
	tx.changes = append(tx.changes, change{Table: t.title, Account: account, Key: key})
}

func (t *Table[T]) restore(account, key string) func() {
	old, had := t.Get(account, key)
	return func() {
		if had {
			t.set(account, key, old)
			return
		}
		t.drop(account, key)
	}
}

func (t *Table[T]) set(account, key string, row T) {
	if t.rows[account] == nil {
		t.rows[account] = map[string]T{}
	}
	t.rows[account][key] = row
}

func (t *Table[T]) drop(account, key string) {
	delete(t.rows[account], key)
	if len(t.rows[account]) == 0 {
		delete(t.rows, account)
	}
}

// load applies a line of the state file; an absent row deletes.
func (t *Table[T]) load(account, key string, raw json.RawMessage) error {
	if raw == nil {
		t.drop(account, key)
		return nil
	}
	var row T
	if err := json.Unmarshal(raw, &row); err != nil {
		return err
	}
	t.set(account, key, row)
	return nil
}

func (t *Table[T]) each(visit func(account, key string, row any) error) error {
	for _, account := range t.Accounts() {
		for _, key := range t.Keys(account) {
			if err := visit(account, key, t.rows[account][key]); err != nil {
				return err
			}
		}
	}
	return nil
}
