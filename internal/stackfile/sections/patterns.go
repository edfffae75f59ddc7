package sections

// Forms of values for editors, as regular expressions that both Go and ECMAScript read. Each takes everything that
// the check beside it takes; what a regular expression cannot say, such as a length over all or a word that is kept
// back, is the check's alone.
const (
	accountIDPattern      = `^[0-9]{12}$`
	accountOrAliasPattern = `^[a-z0-9](-?[a-z0-9])+$`
	actionPattern         = `^[a-z0-9-]+:[A-Za-z0-9]+$`
	documentPattern       = `^[A-Za-z0-9_.-]{3,128}$`
	emailPattern          = `^[^@ ]+@[^@ ]+$`
	groupNamePattern      = `^[A-Za-z0-9+=,.@_-]{1,128}$`
	namePattern           = `^[A-Za-z0-9+=,.@_-]{1,64}$`
	osUserPattern         = `^[A-Za-z_][A-Za-z0-9_.-]{0,31}(@[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?)?$`
	pathPattern           = `^/([A-Za-z0-9+=,.@_-]+/)*$`
	personPattern         = `^([^/]*/)?[A-Za-z0-9+=,.@_-]{1,64}$`
	principalPattern      = `^(role|user)/([A-Za-z0-9+=,.@_-]+/)*[A-Za-z0-9+=,.@_-]{1,64}$`
	projectPattern        = `^[\p{L}\p{N}\p{Z}_.:/=+@-]{1,256}$`
	roleRunAsPattern      = `^([A-Za-z_][A-Za-z0-9_.-]{0,31}(@[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?)?|fromUser)$`
	tagKeyPattern         = `^[\p{L}\p{N}\p{Z}_.:/=+@-]{1,128}$`
	tagValuePattern       = `^[\p{L}\p{N}\p{Z}_.:/=+@-]{0,256}$`
	targetPattern         = `^(r-[a-z0-9]{4,32}|ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|[0-9]{12})$`
	userARNPattern        = `^arn:[a-z0-9-]+:iam::[0-9]{12}:user/([A-Za-z0-9+=,.@_-]+/)*[A-Za-z0-9+=,.@_-]{1,64}$`
)
