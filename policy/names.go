package policy

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The functions below hold values against what AWS accepts, before AWS is asked. Each returns nil or a *ValueError.
// Lengths and characters are those of "IAM and AWS STS quotas" in the IAM User Guide unless a comment names another
// page.

// ValidateUserName accepts the name of an IAM user: 1 to 64 letters, digits and +=,.@_- . Names are unique in an
// account without regard to case.
func ValidateUserName(name string) error { return validateName(name, 64) }

// ValidateRoleName accepts the name of an IAM role: 1 to 64 letters, digits and +=,.@_- . See also ValidateSwitchRole.
func ValidateRoleName(name string) error { return validateName(name, 64) }

// ValidateGroupName accepts the name of an IAM group: 1 to 128 letters, digits and +=,.@_- .
func ValidateGroupName(name string) error { return validateName(name, 128) }

// ValidatePolicyName accepts the name of a managed or inline policy: 1 to 128 letters, digits and +=,.@_- .
func ValidatePolicyName(name string) error { return validateName(name, 128) }

// switchRoleLength is how long path and name of a role may be together for the console's Switch Role.
// Source: "Create a role" in the IAM User Guide.
const switchRoleLength = 64

// ValidateSwitchRole accepts a role that people can switch to in the console: path and name together are at most 64
// characters.
func ValidateSwitchRole(path, name string) error {
	if n := len(cleanPath(path)) + len(name); n > switchRoleLength {
		return refusef(
			"shorten the name or the path",
			"is %d characters long with its path %s, and the console switches to at most 64",
			n,
			cleanPath(path),
		)
	}
	return nil
}

var pathPattern = regexp.MustCompile(`^/([A-Za-z0-9+=,.@_-]+/)*$`)

// ValidatePath accepts a path: "/" or names of letters, digits and +=,.@_- between slashes, at most 512 characters.
// The IAM API takes more characters; here a path becomes part of policies, where * ? and $ would be patterns.
func ValidatePath(path string) error {
	switch {
	case path == "":
		return refuse("is empty", `write "/" or a path such as "/team/"`)
	case len(path) > 512:
		return refusef("use at most 512 characters", "is %d characters long", len(path))
	case !strings.HasPrefix(path, "/") || !strings.HasSuffix(path, "/"):
		return refuse("does not begin and end with a slash", `write it as "/team/"`)
	case !pathPattern.MatchString(path):
		return refuse("is not a path", "use names of letters, digits and +=,.@_- between single slashes")
	}
	return nil
}

// ValidateTagKey accepts a tag key: 1 to 128 letters, digits, spaces and _.:/=+-@ in any script, not beginning with
// "aws:".
func ValidateTagKey(key string) error {
	switch {
	case key == "":
		return refuse("is empty", "write a tag key of 1 to 128 characters")
	case len(key) >= 4 && strings.EqualFold(key[:4], "aws:"):
		return refuse(`begins with "aws:", which AWS keeps for itself`, "use another prefix")
	}
	return validateTagText(key, 128)
}

// ValidateConditionTagKey accepts a tag key that policies name: a tag key of Latin letters (up to U+00FF), because
// policies take no others.
func ValidateConditionTagKey(key string) error {
	if err := ValidateTagKey(key); err != nil {
		return err
	}
	for _, r := range key {
		if r > 0xFF {
			return refusef(
				"use Latin letters in keys that policies test",
				"has the character %q, which policies do not take",
				r,
			)
		}
	}
	return nil
}

// ValidateTagValue accepts a tag value: up to 256 letters, digits, spaces and _.:/=+-@ in any script. Empty is a value.
func ValidateTagValue(value string) error { return validateTagText(value, 256) }

// ValidateProject accepts a value of the tag that ties people to nodes. It is a tag value that is neither empty (two
// empty tags are equal, and untagged people would reach untagged nodes) nor surrounded by spaces (two projects that
// look alike).
func ValidateProject(value string) error {
	switch {
	case value == "":
		return refuse("is empty, and an empty tag equals every other empty one", "name the project")
	case strings.TrimSpace(value) != value:
		return refuse("begins or ends with a space", "remove the space")
	}
	return ValidateTagValue(value)
}

// ValidateAccountID accepts the twelve digits of an account id.
func ValidateAccountID(id string) error {
	if len(id) == 12 && strings.Trim(id, "0123456789") == "" {
		return nil
	}
	return refuse("is not an account id", `write its twelve digits in quotes, such as "111122223333"`)
}

var aliasLetters = lettersOf(lowerLetters + digits + "-")

// accountAlias reports whether a text of two characters and more has lower-case letters, digits and single hyphens
// between them.
func accountAlias(alias string) bool {
	return aliasLetters.only(alias) && strings.Trim(alias, "-") == alias && !strings.Contains(alias, "--")
}

// ValidateAccountAlias accepts an account alias: 3 to 63 lower-case letters, digits and single hyphens, no hyphen at
// either end, not twelve digits. Source: CreateAccountAlias in the IAM API Reference.
func ValidateAccountAlias(alias string) error {
	switch {
	case len(alias) < 3 || len(alias) > 63:
		return refusef("use 3 to 63 characters", "is %d characters long", len(alias))
	case !accountAlias(alias):
		return refuse(
			"is not an account alias",
			"use lower-case letters, digits and single hyphens, with no hyphen at either end",
		)
	case ValidateAccountID(alias) == nil:
		return refuse("looks like an account id", "use a name")
	}
	return nil
}

// ValidateRegion accepts the code of a Region of any known partition.
func ValidateRegion(region string) error {
	_, err := PartitionOfRegion(region)
	return err
}

var (
	osUserFirst  = lettersOf(lowerLetters + upperLetters + "_")
	osUserRest   = lettersOf(lowerLetters + upperLetters + digits + "_.-")
	domainOSUser = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,31}@[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$`)
)

// osUser reports whether a text is a login name: a letter or "_", and up to 31 letters, digits, "_", "." and "-".
func osUser(name string) bool {
	const longest = 32
	return name != "" && len(name) <= longest && osUserFirst.only(name[:1]) && osUserRest.only(name[1:])
}

// ValidateOSUser accepts a login name that Session Manager may become: a letter or underscore, then up to 31 letters,
// digits and _.- ; or such a name with "@" and a domain, for nodes that are joined to a directory. Not root, which
// Run As does not support, and no number, which the agent takes for the user with that number. The agent puts the
// name into a shell command, so nothing else passes. Source: AWS Systems Manager User Guide, Turn on Run As support
// for Linux and macOS managed nodes.
func ValidateOSUser(name string) error {
	switch {
	case name == "":
		return refuse("is empty", "write a login name of the nodes, such as os-user1")
	case strings.EqualFold(name, "root"):
		return refuse(
			"is the superuser, which Session Manager does not run as",
			"write a login name without privileges",
		)
	case strings.Trim(name, "0123456789") == "":
		return refuse(
			"is a number, and the agent takes that for the user with this number",
			"write the login name of that user",
		)
	case strings.Contains(name, `\`):
		return refuse("has a backslash, which no tag can hold", "write a login of a domain as user@domain")
	case !osUser(name) && !domainOSUser.MatchString(name):
		return refuse("is not a login name",
			"use a letter or _ and then up to 31 letters, digits, _, . and -, such as os-user1; or user@domain")
	}
	return nil
}

var documentName = regexp.MustCompile(`^[A-Za-z0-9_.-]{3,128}$`)

// ValidateSessionDocumentName accepts the name of an SSM document: 3 to 128 letters, digits and _-. ; never a
// pattern, because every document that StartSession may name is a way in of its own. Source: CreateDocument in the
// AWS Systems Manager API Reference.
func ValidateSessionDocumentName(name string) error {
	switch {
	case strings.ContainsAny(name, "*?$"):
		return refuse("is a pattern", "name each document, such as AWS-StartPortForwardingSession")
	case !documentName.MatchString(name):
		return refuse(
			"is not the name of an SSM document",
			"use 3 to 128 letters, digits, _, - and . , such as AWS-StartPortForwardingSession",
		)
	}
	return nil
}

// ValidateRoleSessionName accepts a role session name: 2 to 64 letters, digits and +=,.@_- . Source: AssumeRole in
// the AWS STS API Reference.
func ValidateRoleSessionName(name string) error {
	if len(name) == 1 {
		return refuse("is one character long", "use 2 to 64 characters")
	}
	return validateName(name, 64)
}

var (
	organizationID = regexp.MustCompile(`^o-[a-z0-9]{10,32}$`)
	rootID         = regexp.MustCompile(`^r-[a-z0-9]{4,32}$`)
	unitID         = regexp.MustCompile(`^ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}$`)
)

// ValidateOrganizationID accepts the id of an organization (o-...). Source: the AWS Organizations API Reference, as
// for roots and units.
func ValidateOrganizationID(id string) error {
	return validateID(organizationID, id, "the id of an organization", "o-exampleorgid")
}

// ValidateRootID accepts the id of an organization's root (r-...).
func ValidateRootID(id string) error { return validateID(rootID, id, "the id of a root", "r-exam") }

// ValidateUnitID accepts the id of an organizational unit (ou-...).
func ValidateUnitID(id string) error {
	return validateID(unitID, id, "the id of an organizational unit", "ou-exam-11111111")
}

func validateID(pattern *regexp.Regexp, id, what, example string) error {
	if pattern.MatchString(id) {
		return nil
	}
	return refuse("is not "+what, "write it as AWS prints it, such as "+example)
}

func validateName(name string, limit int) error {
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return refusef("use letters, digits and +=,.@_-", "is empty")
	case n > limit:
		return refusef("shorten it to what IAM takes", "is %d characters long, and IAM takes %d", n, limit)
	}
	for _, r := range name {
		if !nameCharacter(r) {
			return refusef("use letters, digits and +=,.@_-", "has the character %q, which IAM does not take", r)
		}
	}
	return nil
}

func nameCharacter(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("+=,.@_-", r)
}

func validateTagText(text string, limit int) error {
	if !utf8.ValidString(text) {
		return refuse("is not UTF-8", "write plain text")
	}
	if n := utf8.RuneCountInString(text); n > limit {
		return refusef("shorten it to what AWS takes", "is %d characters long, and AWS takes %d", n, limit)
	}
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.Is(unicode.Z, r) &&
			!strings.ContainsRune("_.:/=+-@", r) {
			return refusef(
				"use letters, digits, spaces and _.:/=+-@",
				"has the character %q, which AWS does not take in tags",
				r,
			)
		}
	}
	return nil
}
