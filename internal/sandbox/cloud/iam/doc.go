// Package iam is AWS Identity and Access Management of a local AWS: users, groups, roles, customer managed policies, what
// people make for themselves, and the settings of an account. Each method of a Client is one API call.
package iam
