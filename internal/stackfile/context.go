package stackfile

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/internal/strictyaml"
	"aws-access-guardrails/problem"
)

// Context is what the Pulumi engine tells a program. A *pulumi.Context is one.
type Context interface {
	Stack() string
	Project() string
	// RootDirectory is the folder of the project; empty where the program runs inside the Automation API.
	RootDirectory() string
	// GetConfig is the value of a key with its namespace, decrypted; false where the engine was given none.
	GetConfig(key string) (value string, given bool)
	// IsConfigSecret reports whether the engine keeps the value of the key encrypted.
	IsConfigSecret(key string) bool
}

// The environment variables with which the engine starts a program of its own.
//
// Source: pulumi/pulumi, sdk/go/pulumi/run.go.
const (
	envStack   = "PULUMI_STACK"
	envProject = "PULUMI_PROJECT"
	envConfig  = "PULUMI_CONFIG"
)

// OpenContext reads the values that the engine hands to a program. The error is Problems.
//
// The folder is where the stack files are: other stacks and own policies are read there, and the stack's own file.
// Empty means the folder that the project names, which the engine tells a program of its own and not one that runs
// inside the Automation API. Where the engine was given what the stack file and the project say, the program reads
// them as the verbs do: the same stack, or the same problems with file, line and column. A value that it was given
// from elsewhere (the command line, another file) counts as it was given, without a place. An environment may give
// settings of the provider and nothing of the stack, because no reader of the file would see it.
//
// A program can only ask for keys that it knows or finds in the file. So that a misspelt key from elsewhere is
// refused too, it also looks at the environment variable in which the engine passes all of them to a program of its
// own; a program that runs inside the Automation API has no such variable.
func OpenContext(ctx Context, folder string) (*Sections, *strictyaml.Decoder) {
	if folder == "" && ctx.RootDirectory() != "" {
		folder = ctx.RootDirectory()
		if project, err := ReadProject(folder); err == nil {
			folder = filepath.Join(folder, project.StackConfigDir)
		}
	}
	src := &source{name: ctx.Stack(), file: "stack " + ctx.Stack(), folder: folder, project: ctx.Project()}
	file := stackFileSource(ctx, folder)
	if file == nil {
		src.entries = handed(ctx, src.file, nil)
	} else {
		src.file, src.pos, src.environments = file.file, file.pos, file.environments
		src.merge(ctx, file)
	}
	return src.read(new(Neighbours))
}

// stackFileSource reads the stack's own file, nil where there is none that a reader of the folder could read.
func stackFileSource(ctx Context, folder string) *source {
	if folder == "" {
		return nil
	}
	path := fromHere(filepath.Join(folder, "Pulumi."+strings.ReplaceAll(ctx.Stack(), "/", "-")+".yaml"))
	data, err := files.Read(path)
	if err != nil {
		return nil
	}
	project, err := projectOf(path)
	if err != nil {
		return nil
	}
	src := sourceOf(Source{File: path, Data: data}, project)
	if src.project != "" && src.project != ctx.Project() {
		return nil // Somebody else's folder.
	}
	return src
}

// fromHere is a path as somebody in the current folder writes it, as the verbs name their files.
func fromHere(path string) string {
	cwd, err := os.Getwd()
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(cwd, path)
	if err != nil || !filepath.IsLocal(rel) {
		return path
	}
	return rel
}

// merge takes the values of the file where the engine was given the same ones, and the engine's own where it was not.
// What is wrong with the file as a whole counts when the engine was given all of it.
func (src *source) merge(ctx Context, file *source) {
	inFile, all := map[string]bool{}, true
	for i, e := range file.entries {
		key := readKey(e.Name)
		inFile[key] = true
		value, given := ctx.GetConfig(key)
		switch {
		case !given && i >= len(file.entries)-file.ofProject:
			// A path into another value, which the engine has put there: as a key of its own it is refused.
		case !given:
			all = all && e.Value.Shape == strictyaml.ShapeNull
			continue
		default:
			engine := engineValue(key, value, ctx.IsConfigSecret(key), file.file)
			// Of a key that the file has twice, with its namespace and without, the engine takes either.
			if !slices.ContainsFunc(file.entries, func(same strictyaml.Entry) bool {
				return readKey(same.Name) == key && sameValue(firstLevel(same.Value), firstLevel(engine))
			}) {
				all = false
				src.entries = append(
					src.entries,
					strictyaml.Entry{Name: key, Pos: problem.Position{File: file.file}, Value: engine},
				)
				src.elsewhere = append(src.elsewhere, key)
				continue
			}
			if strings.HasPrefix(key, "aws:") && hasSecret(firstLevel(e.Value)) {
				e.Value = placed(firstLevel(engine), firstLevel(e.Value))
			}
		}
		src.entries = append(src.entries, e)
	}
	for _, e := range handed(ctx, file.file, inFile) {
		src.entries = append(src.entries, e)
		src.elsewhere = append(src.elsewhere, e.Name)
	}
	if all {
		src.problems, src.repeated = file.problems, file.repeated
	}
}

// handed are the values that the engine has, of all keys that the program knows or is told of, but for those of the
// file.
func handed(ctx Context, file string, but map[string]bool) []strictyaml.Entry {
	var entries []strictyaml.Entry
	for _, key := range append(knownKeys(), unknownKeys(ctx)...) {
		if value, ok := ctx.GetConfig(key); ok && !but[key] {
			entries = append(
				entries,
				strictyaml.Entry{
					Name:  key,
					Pos:   problem.Position{File: file},
					Value: engineValue(key, value, ctx.IsConfigSecret(key), file),
				},
			)
		}
	}
	return entries
}

// sameValue reports whether the engine's value is what becomes of the file's. What the file's reader refuses anyway
// is taken for the same: dates without quotes, values that mean nothing. So is a secret, which only the engine can
// read.
func sameValue(file, engine *strictyaml.Node) bool {
	switch file.Shape {
	case strictyaml.ShapeSecret, strictyaml.ShapeBroken, strictyaml.ShapeTimestamp:
		return true
	case strictyaml.ShapeNull:
		return engine.Shape == strictyaml.ShapeNull ||
			engine.Shape == strictyaml.ShapeText && (engine.Text == "" || engine.Text == "null")
	}
	if engine.Shape == strictyaml.ShapeSecret {
		return hasSecret(file)
	}
	if file.Shape != engine.Shape {
		return false
	}
	switch file.Shape {
	case strictyaml.ShapeList:
		return slices.EqualFunc(file.Items, engine.Items, sameValue)
	case strictyaml.ShapeObject:
		names := map[string]bool{}
		for _, e := range file.Entries {
			names[e.Name] = true
			if value := engine.Entry(
				e.Name,
			); value == nil ||
				!slices.ContainsFunc(
					file.Entries,
					func(x strictyaml.Entry) bool { return x.Name == e.Name && sameValue(x.Value, value) },
				) {
				return false
			}
		}
		return !slices.ContainsFunc(engine.Entries, func(e strictyaml.Entry) bool { return !names[e.Name] })
	case strictyaml.ShapeNumber, strictyaml.ShapeBoolean:
		return sameNumber(file.Number, engine.Number)
	}
	return file.Text == engine.Text
}

func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	x, errA := strconv.ParseFloat(a, 64)
	y, errB := strconv.ParseFloat(b, 64)
	return errA == nil && errB == nil && x == y
}

// hasSecret reports whether anything of the value is kept encrypted.
func hasSecret(n *strictyaml.Node) bool {
	return n.Shape == strictyaml.ShapeSecret || slices.ContainsFunc(n.Items, hasSecret) ||
		slices.ContainsFunc(n.Entries, func(e strictyaml.Entry) bool { return hasSecret(e.Value) })
}

// placed is the engine's value at the places of the file's. What the file keeps encrypted is a secret here too,
// whatever it turned out to be: where a secret is refused, it is refused without being shown.
func placed(engine, file *strictyaml.Node) *strictyaml.Node {
	if file.Shape == strictyaml.ShapeSecret {
		return &strictyaml.Node{Shape: strictyaml.ShapeSecret, Text: engine.Text, Pos: file.Pos}
	}
	n := *engine
	n.Pos = file.Pos
	n.Items, n.Entries = nil, nil
	for i, item := range engine.Items {
		if i < len(file.Items) {
			item = placed(item, file.Items[i])
		}
		n.Items = append(n.Items, item)
	}
	for _, e := range engine.Entries {
		for _, written := range file.Entries {
			if written.Name == e.Name {
				e = strictyaml.Entry{Name: e.Name, Pos: written.Pos, Value: placed(e.Value, written.Value)}
				break
			}
		}
		n.Entries = append(n.Entries, e)
	}
	return &n
}

// engineValue is a value as the engine hands it over: text, JSON for lists and objects. Secrets arrive decrypted.
func engineValue(key, value string, secret bool, file string) *strictyaml.Node {
	pos := problem.Position{File: file}
	if !secret {
		return &strictyaml.Node{Shape: strictyaml.ShapeText, Text: value, Pos: pos}
	}
	if strings.HasPrefix(key, "aws:") {
		if read := strictyaml.FromJSON(
			value,
			pos,
		); read.Shape == strictyaml.ShapeObject ||
			read.Shape == strictyaml.ShapeList {
			read.Seal()
			return read
		}
	}
	return &strictyaml.Node{Shape: strictyaml.ShapeSecret, Text: value, Pos: pos}
}

// unknownKeys are the keys that the engine passed to this very program and that it does not know, in alphabetical
// order.
func unknownKeys(ctx Context) []string {
	if os.Getenv(envStack) != ctx.Stack() || os.Getenv(envProject) != ctx.Project() {
		return nil
	}
	var all map[string]string
	if err := json.Unmarshal([]byte(os.Getenv(envConfig)), &all); err != nil {
		return nil
	}
	known := knownKeys()
	unknown := slices.Sorted(maps.Keys(all))
	return slices.DeleteFunc(unknown, func(key string) bool { return slices.Contains(known, key) })
}
