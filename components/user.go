package components

// UserArgs configures a person: an element of the section "users" of the stack file. It makes a user and its group memberships, and never
// a password or an access key.
type UserArgs struct {
	Account Account
	// Name is the IAM user name, unique in the account whatever its case. Required.
	Name string
	// Path begins and ends with "/". Empty means "/".
	Path string
	// Email becomes the tag "Email". Optional.
	Email string
	// DisplayName becomes the tag "DisplayName". Optional.
	DisplayName string
	// Tags are more tags of the user. Authorization tags belong here: they stay as configured, whatever somebody writes in the account.
	Tags map[string]string
	// ContactTags are the tag keys that people may write on their own user (MFAGroupArgs.SelfService.ContactTags). A tag with such a key is
	// set when the user is made and left alone afterwards.
	ContactTags []string
	// Groups are the names of the groups that the user joins, the MFA group among them. Required.
	Groups []string
}
