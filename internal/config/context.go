package config

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"aws-access-guardrails/internal/files"
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

// FromContext reads the values that the engine hands to a program. The error is Problems.
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
func FromContext(ctx Context, folder string) (*Stack, error) {
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
	stack, problems := src.read()
	return stack, problems.Err()
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
		key := readKey(e.name)
		inFile[key] = true
		value, given := ctx.GetConfig(key)
		switch {
		case !given && i >= len(file.entries)-file.ofProject:
			// A path into another value, which the engine has put there: as a key of its own it is refused.
		case !given:
			all = all && e.value.shape == shapeNull
			continue
		default:
			engine := engineValue(key, value, ctx.IsConfigSecret(key), file.file)
			if !sameValue(firstLevel(e.value), firstLevel(engine)) {
				all = false
				src.entries = append(src.entries, entry{key, Position{File: file.file}, engine})
				src.elsewhere = append(src.elsewhere, key)
				continue
			}
			if strings.HasPrefix(key, "aws:") && hasSecret(firstLevel(e.value)) {
				e.value = placed(firstLevel(engine), firstLevel(e.value))
			}
		}
		src.entries = append(src.entries, e)
	}
	for _, e := range handed(ctx, file.file, inFile) {
		src.entries = append(src.entries, e)
		src.elsewhere = append(src.elsewhere, e.name)
	}
	if all {
		src.problems, src.repeated = file.problems, file.repeated
	}
}

// handed are the values that the engine has, of all keys that the program knows or is told of, but for those of the
// file.
func handed(ctx Context, file string, but map[string]bool) []entry {
	var entries []entry
	for _, key := range append(knownKeys(), unknownKeys(ctx)...) {
		if value, ok := ctx.GetConfig(key); ok && !but[key] {
			entries = append(
				entries,
				entry{key, Position{File: file}, engineValue(key, value, ctx.IsConfigSecret(key), file)},
			)
		}
	}
	return entries
}

// sameValue reports whether the engine's value is what becomes of the file's. What the file's reader refuses anyway
// is taken for the same: dates without quotes, values that mean nothing. So is a secret, which only the engine can
// read.
func sameValue(file, engine *node) bool {
	switch file.shape {
	case shapeSecret, shapeBroken, shapeTimestamp:
		return true
	case shapeNull:
		return engine.shape == shapeNull || engine.shape == shapeText && (engine.text == "" || engine.text == "null")
	}
	if engine.shape == shapeSecret {
		return hasSecret(file)
	}
	if file.shape != engine.shape {
		return false
	}
	switch file.shape {
	case shapeList:
		return slices.EqualFunc(file.items, engine.items, sameValue)
	case shapeObject:
		names := map[string]bool{}
		for _, e := range file.entries {
			names[e.name] = true
			if value := engine.entry(
				e.name,
			); value == nil ||
				!slices.ContainsFunc(
					file.entries,
					func(x entry) bool { return x.name == e.name && sameValue(x.value, value) },
				) {
				return false
			}
		}
		return !slices.ContainsFunc(engine.entries, func(e entry) bool { return !names[e.name] })
	case shapeNumber, shapeBoolean:
		return sameNumber(file.number, engine.number)
	}
	return file.text == engine.text
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
func hasSecret(n *node) bool {
	return n.shape == shapeSecret || slices.ContainsFunc(n.items, hasSecret) ||
		slices.ContainsFunc(n.entries, func(e entry) bool { return hasSecret(e.value) })
}

// placed is the engine's value at the places of the file's. What the file keeps encrypted is marked so.
func placed(engine, file *node) *node {
	n := *engine
	n.pos = file.pos
	n.items, n.entries = nil, nil
	for i, item := range engine.items {
		if i < len(file.items) {
			item = placed(item, file.items[i])
		}
		n.items = append(n.items, item)
	}
	for _, e := range engine.entries {
		for _, of := range file.entries {
			if of.name == e.name {
				e = entry{e.name, of.pos, placed(e.value, of.value)}
				break
			}
		}
		n.entries = append(n.entries, e)
	}
	if file.shape == shapeSecret {
		n.seal()
	}
	return &n
}

// engineValue is a value as the engine hands it over: text, JSON for lists and objects. Secrets arrive decrypted.
func engineValue(key, value string, secret bool, file string) *node {
	pos := Position{File: file}
	if !secret {
		return &node{shape: shapeText, text: value, pos: pos}
	}
	if strings.HasPrefix(key, "aws:") {
		if read := fromJSON(value, pos); read.shape == shapeObject || read.shape == shapeList {
			read.seal()
			return read
		}
	}
	return &node{shape: shapeSecret, text: value, pos: pos}
}

// seal marks every text below as part of a value that Pulumi keeps encrypted.
func (n *node) seal() {
	n.sealed = true
	for _, item := range n.items {
		item.seal()
	}
	for _, e := range n.entries {
		e.value.seal()
	}
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
