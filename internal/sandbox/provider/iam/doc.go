// Package iam are the types of resources and the functions of IAM, as the real provider has them.
package iam
