// Package user is an IAM user, with tags and memberships, and never a password or an access key.
package user
