package world

import (
	"slices"
)

// RunAsTag is the tag of a user or role that names the operating-system user of its Session Manager shells.
const RunAsTag = "SSMSessionRunAs"

// PreferencesDocument is the document that holds the Session Manager preferences of a Region, and that a plain shell
// uses.
const PreferencesDocument = "SSM-SessionManagerRunShell"

// AgentUser is the user of shells without Run As. The agent makes it and lets it use sudo for everything.
const AgentUser = "ssm-user"

// imageLogins are the logins that machine images come with, in the order of the alphabet, and the images. Each login
// may
// use sudo for everything, without a password, unless somebody took that away. Images of one's own may have others.
//
// Source: Amazon EC2 User Guide, Manage system users on your Amazon EC2 Linux instance, "Default usernames";
// cloud-init,
// config/cloud.cfg.tmpl, default_user of each distribution; Amazon EMR API Reference, JobFlowInstancesConfig,
// Ec2KeyName
// (hadoop). The rest is own knowledge: docs/decisions/0163.
var imageLogins = []struct{ login, images string }{
	{"admin", "Debian"},
	{"almalinux", "AlmaLinux"},
	{"alpine", "Alpine Linux"},
	{"arch", "Arch Linux"},
	{"azureuser", "virtual machines of Azure that are managed nodes"},
	{"bitnami", "Bitnami"},
	{"centos", "CentOS"},
	{"cloud-user", "CentOS Stream and Red Hat Enterprise Linux, as their projects publish them"},
	{"core", "CoreOS, Flatcar and OpenShift"},
	{"debian", "Debian, as cloud-init makes it"},
	{"ec2-user", "Amazon Linux, Bottlerocket, macOS, Oracle Linux, Red Hat Enterprise Linux and SUSE"},
	{"fedora", "Fedora"},
	{"gentoo", "Gentoo"},
	{"hadoop", "Amazon EMR"},
	{"kali", "Kali Linux"},
	{"omv", "OpenMandriva"},
	{"opc", "virtual machines of Oracle Cloud that are managed nodes"},
	{"openeuler", "openEuler"},
	{"rocky", "Rocky Linux"},
	{"suse", "SUSE, as cloud-init makes it"},
	{"ubuntu", "Ubuntu"},
}

// ImageUsers are the logins that machine images come with, sorted.
var ImageUsers = func() []string {
	var logins []string
	for _, row := range imageLogins {
		logins = append(logins, row.login)
	}
	return logins
}()

// IllegalLogin is a class of values of the tag SSMSessionRunAs with which nobody whose profile is written by others
// should open a shell.
type IllegalLogin struct {
	// Pattern is the class, as StringLike has it.
	Pattern string
	// Why says what such a value is.
	Why string
	// Domain: the login of a domain, which is legal where the nodes are joined to one.
	Domain bool
}

// illegalLogins are all those classes. A policy cannot say which characters a login has, so it says which values are
// none. What no node has as a login, such as a name with a colon, needs no pattern: the agent ends the session.
var illegalLogins = func() []IllegalLogin {
	list := []IllegalLogin{
		{Pattern: "", Why: "nobody"},
		{
			Pattern: "-*",
			Why:     "an option of the agent's command",
		},
		{Pattern: "+*", Why: "a number with a sign, which is the user with that number"},
		{Pattern: "* *", Why: "several words, or a login between spaces that other statements do not see"},
		{Pattern: "*@*", Why: "the login of a domain, or an address", Domain: true},
	}
	for digit := '0'; digit <= '9'; digit++ {
		list = append(
			list,
			IllegalLogin{Pattern: string(digit) + "*", Why: "a number, which is the user with that number"},
		)
	}
	list = append(
		list,
		IllegalLogin{Pattern: "root", Why: "the superuser"},
		IllegalLogin{Pattern: AgentUser, Why: "the user of the agent, who may use sudo"},
	)
	for _, row := range imageLogins {
		why := "a login that images come with, which may use sudo: " + row.images
		list = append(list, IllegalLogin{Pattern: row.login, Why: why})
	}
	return list
}()

// IllegalLogins lists the classes of values of the tag SSMSessionRunAs that are no login of a person. With domain,
// logins of a domain (user@domain) are legal.
func IllegalLogins(domain bool) []IllegalLogin {
	return slices.DeleteFunc(slices.Clone(illegalLogins), func(l IllegalLogin) bool { return domain && l.Domain })
}

// IllegalLoginPatterns are the patterns of IllegalLogins.
func IllegalLoginPatterns(domain bool) []string {
	var patterns []string
	for _, l := range IllegalLogins(domain) {
		patterns = append(patterns, l.Pattern)
	}
	return patterns
}
