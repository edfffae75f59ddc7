// Package organizations is AWS Organizations of a local AWS: the tree of one organization, its policies and what they are
// attached to. Each method of a Client is one API call.
package organizations
