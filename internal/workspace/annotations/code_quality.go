package annotations

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"

	"aws-access-guardrails/internal/workspace/project"
)

// finding is an entry of GitLab's code quality report, the subset of Code Climate's format that GitLab reads.
type finding struct {
	Description string `json:"description"`
	CheckName   string `json:"check_name"`
	// Fingerprint tells GitLab which findings of two reports are the same.
	Fingerprint string   `json:"fingerprint"`
	Severity    string   `json:"severity"`
	Location    location `json:"location"`
}

type location struct {
	Path  string `json:"path"`
	Lines struct {
		Begin int `json:"begin"`
	} `json:"lines"`
}

// WriteCodeQuality writes an error as a GitLab code quality report, with paths from the root of the checkout (""
// means as a person in the current folder would write them): an entry for each problem of a stack file, and one for
// each stack that failed. GitLab wants a file for each entry: what speaks of none is put on the project's. No error
// is an empty list.
func WriteCodeQuality(w io.Writer, folder *project.Folder, err error, root string) error {
	findings := []finding{}
	for _, n := range notesOf(folder, err) {
		file := project.ProjectFileName
		if n.file != "" {
			file = n.file
		} else if folder != nil {
			file = project.Relative(folder.ProjectFile())
		}
		file = fromRoot(file, root)
		sum := sha256.Sum256([]byte(file + "\x00" + n.check + "\x00" + n.text))
		entry := finding{
			Description: n.text,
			CheckName:   n.check,
			Fingerprint: hex.EncodeToString(sum[:16]),
			Severity:    "blocker",
			Location:    location{Path: file},
		}
		entry.Location.Lines.Begin = max(1, n.line)
		findings = append(findings, entry)
	}
	return json.NewEncoder(w).Encode(findings)
}
