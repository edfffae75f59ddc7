// Package justintime is just-in-time node access of AWS Systems Manager: who may ask, who approves, what is approved
// by itself and what never is.
package justintime
