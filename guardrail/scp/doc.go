// Package scp is the service control policies of an organization: what they deny, how they are divided over documents
// and targets, and how to undo them.
package scp
