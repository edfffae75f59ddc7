// Package world is plain data about accounts: users, groups, roles, policies, nodes, the organization above them,
// people of IAM Identity Center. Nothing here decides anything.
package world
