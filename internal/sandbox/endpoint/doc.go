// Package endpoint is the address at which the sandbox's AWS answers who calls it without the engine: over HTTP, as
// AWS does.
package endpoint
