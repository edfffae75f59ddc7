// Package edit changes stack files for the verbs that write them: it adds a grant, ends one, and adds what exists in
// an account.
//
// A change is a splice of text: comments, order, spacing and quotes of everything else stay byte for byte. The new
// content is read before anything is written, and it must say what the old one said but for the change; otherwise the
// file stays as it is.
package edit
