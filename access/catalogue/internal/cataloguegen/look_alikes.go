package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// lookAlikes lists the actions that may open a way onto a machine, or make who may: by a word of their name or of
// AWS's description. Each line has the action and the word. Whoever updates the catalogue classifies them in package
// doors; its test compares the list with the table.
func lookAlikes(pkg fs.FS) ([]byte, error) {
	var services []string
	if err := read(pkg, "data/services.json", &services); err != nil {
		return nil, err
	}
	slices.Sort(services)
	var b bytes.Buffer
	for _, service := range services {
		actions := map[string]action{}
		if err := read(pkg, "data/actions/"+service+".json", &actions); err != nil {
			return nil, err
		}
		for _, a := range sortedBy(actions, func(a action) string { return strings.ToLower(a.Name) }) {
			if word := looksLikeDoor(a); word != "" {
				fmt.Fprintf(&b, "%s:%s %s\n", service, a.Name, word)
			}
		}
	}
	return b.Bytes(), nil
}

var (
	// harmless are the first words of actions that look at something, or take it away.
	harmless = []string{
		"Batch Delete",
		"Batch Describe",
		"Batch Get",
		"Cancel",
		"Delete",
		"Deny",
		"Deregister",
		"Describe",
		"Disassociate",
		"Disconnect",
		"List",
		"Reject",
		"Revoke",
		"Search",
		"Stop",
		"Tag",
		"Terminate",
		"Untag",
	}
	// nameWords are the words of names that look like a door.
	nameWords = strings.Fields(
		"assume attach command commands connect connection console " +
			"createinstances createlayer credential credentials debug deploy deployment deployments desktop desktops exec " +
			"execute expressgateway federation gui interactive interpreter invoke job jobs launchconfiguration " +
			"login logon notebook otaupdate password presigned rdp remote run runs sandbox script session sessions shell signin " +
			"ssh stream streaming streams studio terminal " +
			"token tunnel tunnels updatelayer userdata",
	)
	// describedAs are the words of descriptions that do.
	describedAs = regexp.MustCompile(
		`(?i)\b(access token|authenticat\w*|browser|code execution|commands?|console|debug\w*|desktops?|` +
			`execut(e|es|ing) (a |an |the )?(command|code|script|statement)\w*|interactive\w*|key pairs?|log ?in|logon|password|pre-?signed|private key|rdp|remotely|scripts?|` +
			`shell|sign[- ]?in|ssh|temporary credentials|terminal|tunnels?|user ?data|virtual machines?)\b`,
	)
)

// looksLikeDoor is the word by which an action looks like a door; empty for one that does not.
func looksLikeDoor(a action) string {
	if a.AccessLevel == "List" {
		return ""
	}
	words := wordsOf(a.Name)
	text := strings.Join(words, " ") + " "
	if slices.ContainsFunc(harmless, func(h string) bool { return strings.HasPrefix(text, strings.ToLower(h)+" ") }) {
		return ""
	}
	for i, word := range words {
		if slices.Contains(nameWords, word) {
			return word
		}
		if i > 0 && slices.Contains(nameWords, words[i-1]+word) {
			return words[i-1] + word
		}
	}
	return strings.ToLower(describedAs.FindString(strings.TrimPrefix(a.Description, "Grants permission to ")))
}

// wordsOf cuts a name into words in lower case: "CreateStudioPresignedURL" into create, studio, presigned, url.
func wordsOf(name string) []string {
	var words []string
	start := 0
	upper := func(i int) bool { return name[i] >= 'A' && name[i] <= 'Z' }
	for i := 1; i <= len(name); i++ {
		if i == len(name) || upper(i) && (!upper(i-1) || i+1 < len(name) && !upper(i+1)) {
			words = append(words, strings.ToLower(name[start:i]))
			start = i
		}
	}
	return words
}
