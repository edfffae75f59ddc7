// Package cloudcontrol is the AWS Cloud Control API of a local AWS. What it does to resources are calls of their
// services.
package cloudcontrol
