// Package alive has the claims that something works: enrolment, self-service, declared journeys, and that neither a
// deployer nor a role for emergencies is locked out. They speak of the requests that AWS sends, so each is a list of
// journeys that must arrive.
package alive
