package handover

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/internal/terminal"
	"aws-access-guardrails/internal/visible"
	"aws-access-guardrails/internal/words"
)

// summaryWidth is how wide the lines of a summary are, and summaryLines how many lines of names one sign-in page has
// at most.
const (
	summaryWidth = 100
	summaryLines = 8
)

// WriteSummary writes who there is, by where they sign in, and how to get the text for each. Command is the
// command line without flags, such as "guardrails handover dev".
func WriteSummary(w io.Writer, people []Person, command string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s. What each person does next:\n", counting(len(people), "person or group", "people and groups"))
	fmt.Fprintf(
		&b,
		"  %s --person NAME  of one person\n  %s --out DIR      a file for each of them\n  %s --all          all of it, here\n",
		command,
		command,
		command,
	)
	var places []string
	names := map[string][]string{}
	for _, p := range people {
		place := p.place()
		if names[place] == nil {
			places = append(places, place)
		}
		names[place] = append(names[place], p.Name)
	}
	for _, place := range places {
		fmt.Fprintf(&b, "\n%s (%d)\n", place, len(names[place]))
		lines := terminal.Wrap(strings.Join(names[place], ", "), summaryWidth-2)
		for _, line := range lines[:min(len(lines), summaryLines)] {
			fmt.Fprintf(&b, "  %s\n", line)
		}
		if len(lines) > summaryLines {
			shown := strings.Count(strings.Join(lines[:summaryLines], " "), ",")
			fmt.Fprintf(&b, "  and %d more\n", len(names[place])-shown)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// place is where a person signs in.
func (p Person) place() string {
	if p.Portal != nil {
		return strings.TrimSpace("IAM Identity Center " + p.Portal.StartURL)
	}
	return "account " + words.AccountOf(p.ARN) + ", " + p.SignInURL
}

func counting(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// WriteFiles writes a file for each person into a folder, which it makes where it is missing, readable by its
// owner alone. It returns the names of the files in the order of the people. Files of these names are written over,
// others stay.
func WriteFiles(folder string, people []Person, options Options) ([]string, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	var names []string
	for _, p := range people {
		name := personFile(p)
		for n := 2; slices.ContainsFunc(names, func(have string) bool { return strings.EqualFold(have, name+".txt") }); n++ {
			name = personFile(p) + "-" + strconv.Itoa(n)
		}
		var b strings.Builder
		p.write(&b, options)
		if err := os.WriteFile(
			filepath.Join(folder, name+".txt"),
			[]byte(visible.Text(b.String())),
			0o600,
		); err != nil {
			return names, err
		}
		names = append(names, name+".txt")
	}
	return names, nil
}

// personFile is the account and the name of a person, with every character that a file system may take for something
// else as "_".
func personFile(p Person) string {
	home := words.AccountOf(p.ARN)
	if p.Portal != nil {
		home = "identity-center"
		if p.Portal.Group {
			home += "-group"
		}
	}
	return home + "-" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("@.+=-", r) {
			return r
		}
		return '_'
	}, p.Name)
}
