// Package intent is what the documents of an account are for, as values: of an account, of the service control policies
// of an organization, and of IAM Identity Center. A noun of the account says what it means to allow; the claims hold
// the
// documents against it. Nothing here decides anything.
package intent
