// Package ssm are the types of resources and the functions of Systems Manager, as the real providers have them.
package ssm
