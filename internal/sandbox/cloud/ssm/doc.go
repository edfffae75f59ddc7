// Package ssm is AWS Systems Manager of a local AWS: documents, and the nodes that exist. Each method of a Client is one
// API call.
package ssm
