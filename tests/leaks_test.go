package tests

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aws-access-guardrails/internal/testkit"
)

// documentationAccounts are the account ids that AWS's documentation uses for nobody's account. Ids of one repeated
// digit are too.
var documentationAccounts = []string{
	"111122223333",
	"444455556666",
	"123456789012",
	"777788889999",
	"210987654321",
	"112233445566",
	"123456781234",
	"012345678901",
}

// otherNumbers have twelve digits and are no account.
var otherNumbers = []string{
	"253402300799", // The last second of the year 9999, in seconds since 1970.
}

var (
	twelveDigits = regexp.MustCompile(`(?:^|[^0-9A-Za-z_./+-])([0-9]{12})(?:[^0-9A-Za-z_/+]|$)`)
	machinePath  = regexp.MustCompile(`(?:^|[\s"'=(:])/(?:home|Users|root|work|private)/[A-Za-z]`)
	accessKey    = regexp.MustCompile(`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`)
	privateKey   = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`)
)

// leaksIn says what in a text should not be in a repository.
func leaksIn(text string) []string {
	var leaks []string
	for _, match := range twelveDigits.FindAllStringSubmatch(text, -1) {
		id := match[1]
		if strings.Count(id, id[:1]) != len(id) && !slices.Contains(documentationAccounts, id) &&
			!slices.Contains(otherNumbers, id) {
			leaks = append(leaks, "an account id that is not one of AWS's documentation: "+id)
		}
	}
	for _, match := range machinePath.FindAllString(text, -1) {
		leaks = append(leaks, "a path of somebody's machine: "+strings.TrimSpace(match))
	}
	for _, match := range accessKey.FindAllString(text, -1) {
		if !strings.HasSuffix(match, "EXAMPLE") {
			leaks = append(leaks, "an access key: "+match)
		}
	}
	if privateKey.MatchString(text) {
		leaks = append(leaks, "a private key")
	}
	return leaks
}

// The repository holds no account, no machine, no key of anybody's.
func TestNothingOfAnybodysIsInTheRepository(t *testing.T) {
	files := 0
	testkit.Walk(t, func(path string) {
		base := filepath.Base(path)
		if strings.HasPrefix(base, "go.sum") || base == "leaks_test.go" || strings.Contains(path, "testdata/fuzz/") ||
			base == "package-lock.json" {
			return
		}
		data, err := os.ReadFile(filepath.Join("..", path))
		require.NoError(t, err)
		if slices.Contains(data[:min(len(data), 8000)], 0) {
			return // A binary that a build left.
		}
		files++
		assert.Empty(t, leaksIn(string(data)), path)
	})
	assert.Greater(t, files, 50, "the walk reached the repository")
}

// The check finds what it looks for, and lets pass what it should.
func TestLeaksAreFound(t *testing.T) {
	account := "4829" + "13570264" // In two parts, or it would be a leak itself for whoever searches.
	for _, leak := range []string{
		`id: "` + account + `"`, "arn:aws:iam::" + account + ":user/x", account,
		"see /home/someone/x", `"/Users/someone"`, "AKIAQ3EGP2YXJ5Z7WKLM", "-----BEGIN RSA PRIVATE KEY-----",
	} {
		assert.Len(t, leaksIn(leak), 1, leak)
	}
	for _, fine := range []string{
		"arn:aws:iam::111122223333:user/x", "999999999999", "2026010203040506", "h1:" + account + "abc=", "0." + account,
		"https://example.com/home/x", "/guardrails/home/x", "AKIAIOSFODNN7EXAMPLE", "role/home/x",
	} {
		assert.Empty(t, leaksIn(fine), fine)
	}
}
