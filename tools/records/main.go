// Command records writes what CloudTrail would have delivered to S3 for the accounts of examples/organization, and
// measures guardrails replay on it.
//
// It takes the program, the folder of stack files, and numbers of events:
//
//	go run ./records -guardrails ../bin/guardrails -stacks ../examples/organization 100000 1000000 10000000
//
// The records are the same at every run. Each size is written to a folder of its own below the folder for temporary
// files, which is removed afterwards; ten million events take about 2 GB there.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	program := flag.String("guardrails", "", "the program")
	stacks := flag.String("stacks", "", "the folder of stack files")
	keep := flag.String("write", "", "write the records to this folder, keep them, and measure nothing")
	flag.Parse()
	if *keep == "" && (*program == "" || *stacks == "") {
		log.Fatal("give -guardrails and -stacks, or -write")
	}
	for i, arg := range flag.Args() {
		events, err := strconv.Atoi(arg)
		if err != nil || events < 1 {
			log.Fatalf("%q is no number of events", arg)
		}
		if *keep != "" {
			if _, err := write(*keep, events); err != nil {
				log.Fatal(err)
			}
			continue
		}
		if i == 0 {
			fmt.Printf("%d cores of %s/%s\n\n", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
			fmt.Println("| events | packed | time | CPU | events a second | CPU an event | most memory |")
			fmt.Println("|---|---|---|---|---|---|---|")
		}
		line, err := measure(*program, *stacks, events)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(line)
	}
}

// measure is one row of the table.
func measure(program, stacks string, events int) (string, error) {
	dir, err := os.MkdirTemp("", "records")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	size, err := write(dir, events)
	if err != nil {
		return "", err
	}
	absolute, err := filepath.Abs(program)
	if err != nil {
		return "", err
	}
	cmd := exec.Command(absolute, "replay", "-C", stacks, "--json", dir)
	var out, wrong strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &wrong
	begin := time.Now()
	err = cmd.Run()
	took := time.Since(begin).Seconds()
	// It exits with 1 when somebody would be refused, and somebody is.
	if !strings.Contains(out.String(), fmt.Sprintf(`"events": %d,`, events)) {
		return "", fmt.Errorf("replay of %d events did not count them: %w\n%s", events, err, wrong.String())
	}
	used := (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	memory := 0.0
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		memory = float64(usage.Maxrss) / 1024
	}
	return fmt.Sprintf("| %d | %.0f MB | %.1f s | %.1f s | %.0f | %.1f us | %.0f MB |",
		events, float64(size)/1e6, took, used, float64(events)/took, used/float64(events)*1e6, memory), nil
}
