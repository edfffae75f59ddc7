// Package provider speaks the Pulumi provider protocol for a local AWS: it is what the engine takes for the aws and
// aws-native providers.
//
// It does with each resource what the real provider does: the same check of the inputs, the same defaults, the same
// answer to whether a change replaces or updates, the same sequence of API calls, the same reading back. What AWS
// itself accepts or refuses is package cloud's business. A type, property, function or setting that it does not know
// is refused, never ignored.
package provider
