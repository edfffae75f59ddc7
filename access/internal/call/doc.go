// Package call finds an action and a resource that pass some tests and fail others. They are solved together, because
// AWS sends an action only with resources of its types: the forms of ARNs of the Service Authorization Reference are
// regular languages, and so are the patterns of policies, so that an emptiness test of their products decides.
package call
