// Package prove speaks of all requests instead of one. A Claim says what never is, of a caller or of a role; Prove
// says that it holds, that it does not and shows a request that AWS allows, or that the search was not certain.
// Compare finds what one world allows and another does not. No word here is of this product: others can write claims
// of their own.
package prove
