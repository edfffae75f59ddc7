// Command later runs Go tests as they will run some days from now: what is shipped has dates in it, and no test may
// depend on the day on which it runs. Go's own package time is compiled with another Now; the clock of the machine stays
// as it is, and so do the times that it writes to files.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// offset is the environment variable with the seconds that a process adds to the time.
const offset = "GUARDRAILS_TEST_LATER"

// begins is where Now has read the clock. Source: package time of Go 1.26.
const begins = "sec, nsec, mono := runtimeNow()\n"

const added = `package time

import "syscall"

var testLater = func() (seconds int64) {
	text, _ := syscall.Getenv("` + offset + `")
	for _, digit := range text {
		seconds = seconds*10 + int64(digit-'0')
	}
	return seconds
}()
`

func main() {
	days := flag.Int("days", 400, "how many days from now")
	flag.Parse()
	if err := run(*days, flag.Args()); err != nil {
		var ended *exec.ExitError
		if errors.As(err, &ended) {
			os.Exit(ended.ExitCode())
		}
		fmt.Fprintln(os.Stderr, "later:", err)
		os.Exit(3)
	}
}

// run runs "go test" with the arguments.
func run(days int, args []string) error {
	folder, err := os.MkdirTemp("", "later")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	overlay, err := writeOverlay(folder)
	if err != nil {
		return err
	}
	test := exec.Command("go", append([]string{"test", "-overlay", overlay}, args...)...)
	test.Env = append(os.Environ(), offset+"="+strconv.Itoa(days*24*60*60))
	test.Stdin, test.Stdout, test.Stderr = os.Stdin, os.Stdout, os.Stderr
	return test.Run()
}

// writeOverlay writes files of package time, and the list of what they take the place of, into a folder.
func writeOverlay(folder string) (list string, err error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", err
	}
	clock := filepath.Join(strings.TrimSpace(string(root)), "src", "time")
	source, err := os.ReadFile(filepath.Join(clock, "time.go"))
	if err != nil {
		return "", err
	}
	before, after, found := strings.Cut(string(source), "func Now() Time {\n\t"+begins)
	if !found {
		return "", fmt.Errorf("%s: Now does not begin with %q; read the source of this Go and change the constant", clock, begins)
	}
	replaced := map[string]string{}
	for name, text := range map[string]string{
		"time.go":       before + "func Now() Time {\n\t" + begins + "\tsec += testLater\n" + after,
		"test_later.go": added,
	} {
		mine := filepath.Join(folder, name)
		replaced[filepath.Join(clock, name)] = mine
		if err := os.WriteFile(mine, []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return "", err
	}
	list = filepath.Join(folder, "overlay.json")
	return list, os.WriteFile(list, text, 0o600)
}
