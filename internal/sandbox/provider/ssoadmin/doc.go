// Package ssoadmin are the types of resources and the functions of IAM Identity Center and its directory, as the real
// provider has them.
package ssoadmin
