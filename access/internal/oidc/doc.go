// Package oidc is the table of the issuers of OpenID Connect tokens that many customers share, with the tokens that
// somebody else gets there.
package oidc
