// Package needs says which resources a call names. A call can name several at once, and AWS decides on each of them: a
// session is a node and a document, an instance is an image, a network interface, a volume and more. A policy that
// allows the call on one of them allows no call.
package needs
