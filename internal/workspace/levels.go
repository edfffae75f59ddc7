package workspace

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"aws-access-guardrails/internal/workspace/project"
)

// Levels are stacks in the order in which up runs them.
type Levels struct {
	// Version is the version of this format.
	Version int `json:"version"`
	// Levels are begun one after the other. The stacks of one do not need each other.
	Levels [][]LevelStack `json:"levels"`
}

// LevelStack is one stack of a level.
type LevelStack struct {
	Stack   string `json:"stack"`
	Account string `json:"account"`
	// Alias is the account's alias; empty where the stack file gives none.
	Alias string `json:"alias,omitempty"`
	// File is the stack file, relative to the folder that holds Pulumi.yaml.
	File string `json:"file"`
	// Needs are the stacks that must be deployed before; all of them stand in levels before.
	Needs []string `json:"needs"`
}

// LevelsOf reads the named stacks (none means all) and puts them into the order in which up runs them. The error joins
// a RefusedError for each stack whose file cannot be read.
func LevelsOf(f *project.Folder, doorsFirst bool, names ...string) (*Levels, error) {
	names, err := f.Select(names)
	if err != nil {
		return nil, err
	}
	read, err := f.Read(names...)
	if err != nil {
		return nil, err
	}
	targets, indexOf := make([]target, len(read)), map[string]int{}
	for i, stack := range read {
		targets[i], indexOf[names[i]] = targetOf(stack), i
	}
	graph := graphOf(names, targets, doorsFirst)
	out := &Levels{Version: 1, Levels: [][]LevelStack{}}
	for _, names := range graph.Levels() {
		var level []LevelStack
		for _, name := range names {
			to := targets[indexOf[name]]
			needs := append([]string{}, graph.Needs(name)...)
			level = append(
				level,
				LevelStack{Stack: name, Account: to.account, Alias: to.alias, File: f.FileInFolder(name), Needs: needs},
			)
		}
		out.Levels = append(out.Levels, level)
	}
	return out, nil
}

// WriteJSON writes the levels as one line of JSON.
func (l *Levels) WriteJSON(w io.Writer) error { return json.NewEncoder(w).Encode(l) }

// WriteText writes a line for each stack.
func (l *Levels) WriteText(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "LEVEL\tSTACK\tACCOUNT\tNEEDS\n")
	for i, level := range l.Levels {
		for _, s := range level {
			needs := strings.Join(s.Needs, ", ")
			if needs == "" {
				needs = "nothing"
			}
			fmt.Fprintf(table, "%d\t%s\t%s\t%s\n", i+1, s.Stack, s.Account, needs)
		}
	}
	return table.Flush()
}
