// Package model has what the search finds, before it is decided again: values of the action, the resource and the keys of
// a request. It makes of them a request and a session, a world with a caller whom no world has, and in the place of
// texts that the search made up such as people know.
package model
