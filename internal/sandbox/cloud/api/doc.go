// Package api is what the APIs of all services of a local AWS have in common: the world that they share, callers and
// what goes wrong on the way to them, calls that take effect as a whole or not at all, how a call is decided, and what
// AWS answers when it refuses one.
package api
