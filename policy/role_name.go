package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// hashLength is the number of hexadecimal digits that tell derived names apart.
const hashLength = 8

// RoleNameFor derives the name of a role from what the role is for, such as "TestProject1-os-user1" from the project
// "Test Project 1" and the OS user os-user1: characters that IAM does not take in names are dropped and the parts are
// joined by a hyphen. An empty part is left out. A part of which nothing is left is replaced by a hash of it.
//
// The name and a path of pathLen characters are at most 64 characters together, as the console's Switch Role wants
// it; a longer name is cut and ends in a hash of both parts. The same parts give the same name, always. Different
// parts can give the same name (Test Project 1 and TestProject1): the caller refuses that. A path of more than 56
// characters leaves no room, which ValidateSwitchRole then says.
func RoleNameFor(project, runAs string, pathLen int) string {
	var parts []string
	for _, part := range []string{project, runAs} {
		if part == "" {
			continue
		}
		kept := strings.Map(func(r rune) rune {
			if nameCharacter(r) {
				return r
			}
			return -1
		}, part)
		if kept == "" {
			kept = shortHash(part)
		}
		parts = append(parts, kept)
	}
	name := strings.Join(parts, "-")
	limit := switchRoleLength - pathLen
	if len(name) <= limit {
		return name
	}
	suffix := shortHash(project + "\x00" + runAs)
	if kept := strings.TrimRight(name[:max(0, limit-len(suffix)-1)], "-"); kept != "" {
		return kept + "-" + suffix
	}
	return suffix
}

func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])[:hashLength]
}
