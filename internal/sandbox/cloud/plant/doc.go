// Package plant puts into a local AWS what exists before any stack, and takes out again what it put there and is not
// wanted any more. How a thing is made stands with its service.
package plant
