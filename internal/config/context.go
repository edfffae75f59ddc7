package config

import (
	"cmp"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// FromContext reads the values that the engine hands to a program. They come without file, line or order: problems are in the order of the
// reference. The error is Problems.
//
// The folder is where the stack files are: other stacks and own policies are read there. Empty means the folder of the project, which the engine tells
// a program of its own and not one that runs inside the Automation API.
//
// A program can only ask for keys that it knows. So that a misspelt key of the first level is refused too, it also looks at the environment
// variable in which the engine passes all of them to a program of its own; a program that runs inside the Automation API has no such
// variable, and whoever drives it reads the file first.
func FromContext(ctx *pulumi.Context, folder string) (*Stack, error) {
	folder = cmp.Or(folder, ctx.RootDirectory())
	src := &source{name: ctx.Stack(), file: "stack " + ctx.Stack(), folder: folder}
	for _, key := range append(knownKeys(), unknownKeys(ctx)...) {
		value, ok := ctx.GetConfig(key)
		if !ok {
			continue
		}
		src.entries = append(src.entries, entry{name: key, pos: Position{File: src.file}, value: engineValue(key, value, ctx.IsConfigSecret(key), src.file)})
	}
	stack, problems := src.read()
	return stack, problems.Err()
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

// unknownKeys are the keys that the engine passed to this very program and that it does not know, in alphabetical order.
func unknownKeys(ctx *pulumi.Context) []string {
	if os.Getenv(pulumi.EnvStack) != ctx.Stack() || os.Getenv(pulumi.EnvProject) != ctx.Project() {
		return nil
	}
	var all map[string]string
	if err := json.Unmarshal([]byte(os.Getenv(pulumi.EnvConfig)), &all); err != nil {
		return nil
	}
	known := knownKeys()
	unknown := slices.Sorted(maps.Keys(all))
	return slices.DeleteFunc(unknown, func(key string) bool { return slices.Contains(known, key) })
}
