package cloud

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// table holds the entities of one kind, by account and key. A row that was put is never changed in place: change a
// copy and put it.
type table[T any] struct {
	title string
	rows  map[string]map[string]T
}

// anyTable is what the state file needs of a table.
type anyTable interface {
	name() string
	load(account, key string, row json.RawMessage) error
	each(func(account, key string, row any) error) error
}

func newTable[T any](title string) *table[T] {
	return &table[T]{title: title, rows: map[string]map[string]T{}}
}

func (t *table[T]) name() string { return t.title }

func (t *table[T]) get(account, key string) (T, bool) {
	row, ok := t.rows[account][key]
	return row, ok
}

func (t *table[T]) has(account, key string) bool {
	_, ok := t.rows[account][key]
	return ok
}

// keys are the keys of an account, sorted.
func (t *table[T]) keys(account string) []string {
	return slices.Sorted(maps.Keys(t.rows[account]))
}

// list is the rows of an account, sorted by key.
func (t *table[T]) list(account string) []T {
	rows := make([]T, 0, len(t.rows[account]))
	for _, key := range t.keys(account) {
		rows = append(rows, t.rows[account][key])
	}
	return rows
}

// find is the one row of an account that fits, looked for first under the key that it most likely has.
func (t *table[T]) find(account, likely string, fits func(T) bool) (T, bool) {
	if row, ok := t.get(account, likely); ok && fits(row) {
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

// accounts are the accounts that have rows, sorted.
func (t *table[T]) accounts() []string { return slices.Sorted(maps.Keys(t.rows)) }

// put stores a copy of the row, undone if the call fails.
func (t *table[T]) put(tx *tx, account, key string, row T) {
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

// remove drops the row, undone if the call fails.
func (t *table[T]) remove(tx *tx, account, key string) {
	tx.undo = append(tx.undo, t.restore(account, key))
	t.drop(account, key)
	tx.changes = append(tx.changes, change{Table: t.title, Account: account, Key: key})
}

func (t *table[T]) restore(account, key string) func() {
	old, had := t.get(account, key)
	return func() {
		if had {
			t.set(account, key, old)
			return
		}
		t.drop(account, key)
	}
}

func (t *table[T]) set(account, key string, row T) {
	if t.rows[account] == nil {
		t.rows[account] = map[string]T{}
	}
	t.rows[account][key] = row
}

func (t *table[T]) drop(account, key string) {
	delete(t.rows[account], key)
	if len(t.rows[account]) == 0 {
		delete(t.rows, account)
	}
}

// load applies a line of the state file; an absent row deletes.
func (t *table[T]) load(account, key string, raw json.RawMessage) error {
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

func (t *table[T]) each(visit func(account, key string, row any) error) error {
	for _, account := range t.accounts() {
		for _, key := range t.keys(account) {
			if err := visit(account, key, t.rows[account][key]); err != nil {
				return err
			}
		}
	}
	return nil
}
