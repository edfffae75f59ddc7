package intent

// IdentityCenter is what the attributes and permission sets of IAM Identity Center are for. The instance
// itself, with the roles that the permission sets become, is that of the world.
type IdentityCenter struct {
	// Account is the id of the account that manages the instance. Required.
	Account string
	// ProjectTag is the key of the tag that ties people to nodes. Empty means "Project".
	ProjectTag string
	// PermissionSets are those of every account, one entry for each role.
	PermissionSets []PermissionSet
}

// PermissionSet is what a permission set is for in one account. The zero value opens nothing.
type PermissionSet struct {
	// Key is where the permission set is configured; waivers cite it.
	Key string
	// Name is that of the permission set, ARN that of its role.
	Name, ARN string
	// OpensSessions says that it opens sessions on nodes: on those of the person's own project, which an attribute
	// names, with OwnProject; else on those of Projects, and on every node where Projects is empty.
	OpensSessions, OwnProject bool
	// StartStop says that it starts and stops the instances that it reaches.
	StartStop bool
	// ReadOnly says that it reads settings and nothing else. One that neither opens sessions nor is read-only is what
	// its admin wrote, and is held to what every role is held to.
	ReadOnly bool
	Projects []string
	// Separator stands between the projects in the tag of a node that has several. Empty means that it has one.
	Separator string
	// DomainLogins says that logins of a domain (user@domain) may open shells.
	DomainLogins bool
	// Documents are the session documents that it may use besides the preferences document.
	Documents []string
	// Regions are those in which sessions open.
	Regions []string
	// Accounts are the ids of all accounts in which it can be taken: their documents stand in its policies.
	Accounts []string
	// VolumeKeys are ARNs of the KMS keys on which it may have EC2 make grants, for the volumes of instances that it
	// starts.
	VolumeKeys []string
	// Networks are those from which it may be used. The zero value is all.
	Networks Networks
	// Roles are patterns of the ARNs of roles that it assumes. Empty means none.
	Roles []string
}

func (in *IdentityCenter) AuthorizationTags() []string {
	return (&Account{ProjectTag: in.ProjectTag}).AuthorizationTags()
}
