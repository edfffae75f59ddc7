// Package filebackend knows the files that the Pulumi engine keeps in a backend of files. It tells which of them the
// engine cannot read after a run that was killed or a machine that lost power, and puts them right from what the
// backend keeps itself. It is for addresses that begin with "file://" alone: what writes to S3, to Azure and to
// Google Cloud puts objects there whole.
package filebackend

import (
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"strings"
)

// scheme begins the addresses of these backends.
const scheme = "file://"

// Place is where a backend keeps the files of one stack.
type Place struct {
	// root is the folder ".pulumi".
	root           string
	project, stack string
}

// plain is a prefix of keys that the backend does not write in another way.
var plain = regexp.MustCompile(`^([A-Za-z0-9._-]+/)*[A-Za-z0-9._-]*$`)

// At is the place of a stack. dir is the folder from which the engine is started: a relative address begins there. It
// is false for every other kind of backend and for addresses that are none.
func At(address, dir, project, stack string) (Place, bool) {
	raw, ok := strings.CutPrefix(address, scheme)
	if !ok {
		return Place{}, false
	}
	path, query, _ := strings.Cut(raw, "?")
	if path == "~" || strings.HasPrefix(path, "~/") {
		who, err := user.Current()
		if err != nil {
			return Place{}, false
		}
		path = filepath.Join(who.HomeDir, path[1:])
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	parsed, err := url.Parse(scheme + filepath.ToSlash(path))
	if err != nil || parsed.Host != "" {
		return Place{}, false
	}
	options, err := url.ParseQuery(query)
	prefix := options.Get("prefix")
	if err != nil || !plain.MatchString(prefix) || strings.Contains("/"+prefix, "/..") {
		return Place{}, false
	}
	root := filepath.Join(filepath.FromSlash(parsed.Path), filepath.FromSlash(prefix), ".pulumi")
	if prefix != "" && !strings.HasSuffix(prefix, "/") { // It stands right before each name.
		root = filepath.Join(filepath.FromSlash(parsed.Path), filepath.FromSlash(prefix)+".pulumi")
	}
	return Place{root: root, project: project, stack: stack}, true
}

// Whole is the address of the same backend under which an engine writes every file in one piece. Without that, it
// writes what it calls the metadata of a file into a second one, first empties that, and cannot read the first file
// any more when it is killed before the second is whole. Nothing reads the metadata. Addresses of other backends stay
// as they are, and so do those that say what they want.
func Whole(address string) string {
	if !strings.HasPrefix(address, scheme) {
		return address
	}
	_, query, found := strings.Cut(address, "?")
	options, err := url.ParseQuery(query)
	switch {
	case err != nil || options.Has("metadata") || strings.Contains(address, "#"):
		return address
	case !found || query == "":
		return strings.TrimSuffix(address, "?") + "?metadata=skip"
	}
	return address + "&metadata=skip"
}

// legacy says that the backend keeps the stack in the way of old engines, in which stacks belong to no project.
func (p Place) legacy() bool {
	if exists(p.layout()) {
		return false
	}
	found, err := filepath.Glob(filepath.Join(p.root, "stacks", p.stack+".json*"))
	return err == nil && len(found) > 0
}

// part is where files of one kind are: those of the project, or of no project.
func (p Place) part(kind string) string {
	if p.legacy() {
		return filepath.Join(p.root, kind)
	}
	return filepath.Join(p.root, kind, p.project)
}

// layout is the file that says how the files are laid out.
func (p Place) layout() string { return filepath.Join(p.root, "meta.yaml") }

// base is the path of the stack's state without what its end says of the format.
func (p Place) base() string { return filepath.Join(p.part("stacks"), p.stack) }

// locks is the folder of the locks on the stack.
func (p Place) locks() string {
	if p.legacy() {
		return filepath.Join(p.root, "locks", p.stack)
	}
	return filepath.Join(p.root, "locks", "organization", p.project, p.stack)
}

// endings are the forms in which an engine keeps a state.
var endings = []string{".json", ".json.gz", ".json.zst"}

// state is the file that the engine takes for the stack's state: the one that was written last. It is empty where
// there is none.
func (p Place) state() (newest string) {
	var newestInfo os.FileInfo
	for _, ending := range endings {
		info, err := os.Stat(p.base() + ending)
		if err == nil && info.Mode().IsRegular() && (newestInfo == nil || !info.ModTime().Before(newestInfo.ModTime())) {
			newest, newestInfo = p.base()+ending, info
		}
	}
	return newest
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
