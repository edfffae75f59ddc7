package filebackend

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The files of a stack are where the engine looks for them, whatever way the address is written.
func TestAnAddressIsReadAsTheEngineReadsIt(t *testing.T) {
	t.Parallel()
	// The engine takes the home of the user's account, whatever HOME says.
	account, err := user.Current()
	require.NoError(t, err)
	home := account.HomeDir
	for address, want := range map[string]string{
		"file:///srv/state":                  "/srv/state/.pulumi",
		"file:///srv/state/":                 "/srv/state/.pulumi",
		"file:///srv/a%20b?metadata=skip":    "/srv/a b/.pulumi",
		"file://state":                       "/project/state/.pulumi",
		"file://.":                           "/project/.pulumi",
		"file://../x?no_tmp_dir=true":        "/x/.pulumi",
		"file://~":                           home + "/.pulumi",
		"file://~/state":                     home + "/state/.pulumi",
		"file:///srv?prefix=a/b/":            "/srv/a/b/.pulumi",
		"file:///srv?prefix=a":               "/srv/a.pulumi",
		"file:///srv?prefix=../a":            "",
		"file:///srv?prefix=a%2A":            "",
		"file:///srv/%zz":                    "",
		"s3://bucket":                        "",
		"https://api.pulumi.com":             "",
		"":                                   "",
		"gs://bucket?metadata=skip":          "",
		"azblob://container?storage_account": "",
	} {
		p, ok := At(address, "/project", "tiny", "dev")
		assert.Equal(t, want != "", ok, address)
		assert.Equal(t, want, p.root, address)
	}
}

// An engine is told to write whole files where the address says nothing of it, and nothing else of an address changes.
func TestWholeChangesOnlyHowFilesAreWritten(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"file:///srv":                  "file:///srv?metadata=skip",
		"file:///srv?":                 "file:///srv?metadata=skip",
		"file://~":                     "file://~?metadata=skip",
		"file:///srv?no_tmp_dir=false": "file:///srv?no_tmp_dir=false&metadata=skip",
		"file:///srv?metadata=":        "file:///srv?metadata=",
		"file:///srv#x":                "file:///srv#x",
		"file:///srv?a;b":              "file:///srv?a;b",
		"s3://bucket":                  "s3://bucket",
		"":                             "",
	} {
		assert.Equal(t, want, Whole(address), address)
	}
}

// stateAt is a state of the stack that was made in a minute of a fixed hour.
func stateAt(minute int) string {
	return fmt.Sprintf(
		`{"version":3,"checkpoint":{"stack":"organization/tiny/dev","latest":{"manifest":{"time":"2024-05-01T10:%02d:00Z"},`+
			`"resources":[{"urn":"urn:pulumi:dev::tiny::aws:iam/user:User::a"}]}}}`,
		minute,
	)
}

// place is the backend of one stack with the given files, by their path below ".pulumi".
func place(t *testing.T, content map[string]string) Place {
	t.Helper()
	dir := t.TempDir()
	p, ok := At("file://"+dir, "/", "tiny", "dev")
	require.True(t, ok)
	for path, text := range content {
		write(t, filepath.Join(p.root, path), text)
	}
	return p
}

func write(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o640))
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(data)
}

// mended mends every fault, and says what they were.
func mended(t *testing.T, p Place) (files []string) {
	t.Helper()
	for _, fault := range p.Faults() {
		rel, err := filepath.Rel(p.root, fault.File)
		require.NoError(t, err)
		files = append(files, rel)
		require.NotEmpty(t, fault.Cure, fault.String())
		require.NoError(t, fault.Mend())
	}
	require.Empty(t, p.Faults(), "what is mended is whole")
	return files
}

// A state that ends anywhere before its end is put back from the newest copy that can be read, wherever the backend
// has it; what was left of it is kept.
func TestAStateThatIsCutAnywhereIsPutBackFromTheNewestCopy(t *testing.T) {
	t.Parallel()
	const state = "stacks/tiny/dev.json"
	copies := []string{
		"stacks/tiny/dev.json.bak",
		"stacks/tiny/dev.json.1714557600000000000",
		"backups/tiny/dev/dev.1714557600000000000.json",
		"history/tiny/dev/dev-1714557600000000000.checkpoint.json",
	}
	whole := stateAt(59)
	for length := range len(whole) {
		newest := copies[length%len(copies)]
		files := map[string]string{
			"meta.yaml":                 "version: 1\n",
			state:                       whole[:length],
			"stacks/tiny/dev2.json.bak": stateAt(58),
		}
		for i, file := range copies {
			files[file] = stateAt(10 + i)
			if file == newest {
				files[file] = stateAt(50)
			}
		}
		files[copies[(length+1)%len(copies)]] = whole[:len(whole)/2] // A copy that is broken as well.
		p := place(t, files)
		require.Equal(t, []string{state}, mended(t, p), length)
		require.Equal(t, stateAt(50), content(t, filepath.Join(p.root, state)))
		if length > 0 {
			require.Equal(t, whole[:length], content(t, filepath.Join(p.root, state+".broken")))
		}
		info, err := os.Stat(filepath.Join(p.root, state))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o640), info.Mode().Perm())
	}
	for name, broken := range map[string]string{
		"zeros": strings.Repeat("\x00",
			300), "spaces": "  \n", "a list": "[]", "nothing": "null", "half a compressed one": "\x1f\x8b\x08\x00", "two": whole + whole,
	} {
		p := place(t, map[string]string{"meta.yaml": "version: 1\n", state: broken, copies[0]: stateAt(1)})
		assert.Equal(t, []string{state}, mended(t, p), name)
	}
}

// Metadata, layout, tags and locks that were not written to their end are mended, each by itself; what the engine can
// read is left alone.
func TestEveryOtherFileThatIsCutIsMended(t *testing.T) {
	t.Parallel()
	const metadata = `{"user.content_type":"application/json","user.metadata":null,"md5":"AAAA"}`
	const lock = "locks/organization/tiny/dev/0b.json"
	sound := map[string]string{
		"meta.yaml":                  "version: 1\n",
		"meta.yaml.attrs":            metadata,
		"stacks/tiny/dev.json":       stateAt(1),
		"stacks/tiny/dev.json.attrs": metadata,
		"stacks/tiny/dev.json.bak": stateAt(
			0,
		),
		"stacks/tiny/dev.json.bak.attrs":    metadata,
		"stacks/tiny/dev.json.18.tmp":       "{",
		"stacks/tiny/dev.pulumi-tags":       `{"version":1}`,
		"stacks/tiny/dev.pulumi-tags.attrs": metadata,
		lock:                                `{"pid":1,"username":"u","hostname":"h","timestamp":"2024-05-01T10:00:00Z"}`,
		lock + ".attrs":                     metadata,
		lock + ".1.tmp":                     `{"pid":2}`,
		"stacks/tiny/dev.json.bak.1.tmp":    "",
	}
	p := place(t, sound)
	assert.Empty(t, p.Faults())
	assert.Len(t, p.Locks(), 2)
	for file, text := range sound {
		switch {
		case strings.HasPrefix(file, "stacks/tiny/dev.json") && !strings.HasSuffix(file, ".attrs"):
			continue
		case file == lock:
			continue
		}
		for _, length := range []int{0, 1, len(text) / 2, len(text) - 1} {
			p := place(t, sound)
			write(t, filepath.Join(p.root, file), text[:length])
			if file == "meta.yaml" && length == len(text)-1 { // Without the end of its line it says the same.
				assert.Empty(t, p.Faults())
				continue
			}
			assert.Equal(t, []string{file}, mended(t, p), "%s %d", file, length)
			if file == "meta.yaml" {
				assert.Equal(t, "version: 1\n", content(t, filepath.Join(p.root, file)))
			}
		}
	}
}

// What nothing in the backend can mend is a fault without a cure.
func TestWhatTheBackendHasNoCopyOfHasNoCure(t *testing.T) {
	t.Parallel()
	p := place(t, map[string]string{
		"meta.yaml":                           "",
		"stacks/tiny/dev.json":                "",
		"stacks/tiny/dev.json.bak":            "{",
		"stacks/old.json":                     stateAt(1),
		"stacks/tiny/dev.json.1.tmp":          stateAt(2),
		"locks/organization/tiny/dev/0b.json": "",
	})
	faults := p.Faults()
	require.Len(t, faults, 3)
	for _, fault := range faults {
		assert.Empty(t, fault.Cure, fault.String())
		assert.Error(t, fault.Mend())
	}
	assert.Empty(t, content(t, filepath.Join(p.root, "stacks/tiny/dev.json")))
}

// Old engines kept stacks without projects; their states are found where those lie.
func TestStacksWithoutProjectsAreFound(t *testing.T) {
	t.Parallel()
	p := place(
		t,
		map[string]string{
			"stacks/dev.json":      "{",
			"stacks/dev.json.bak":  stateAt(1),
			"stacks/tiny/dev.json": "",
			"locks/dev/0b.json":    `{"pid":3}`,
		},
	)
	assert.Equal(t, []string{"stacks/dev.json"}, mended(t, p))
	assert.Len(t, p.Locks(), 1)
}

// A lock that is taken lies among the engine's, whole, and is gone when it is released.
func TestALockIsOneOfTheEngines(t *testing.T) {
	t.Parallel()
	p := place(t, map[string]string{"meta.yaml": "version: 1\n"})
	taken, release, err := p.Lock()
	require.NoError(t, err)
	locks := p.Locks()
	require.Len(t, locks, 1)
	assert.Equal(t, os.Getpid(), locks[0].PID)
	assert.Equal(t, taken.File, locks[0].File)
	assert.Equal(t, filepath.Join(p.root, "locks", "organization", "tiny", "dev"), filepath.Dir(taken.File))
	release()
	assert.Empty(t, p.Locks())
	assert.Empty(t, p.Faults())
}
