// Package claims makes the standing claims of this product about an account and an organization, from an Intent that
// says what the documents are for. Each claim has its section in docs/safety.md.
package claims
