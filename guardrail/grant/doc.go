// Package grant is access to nodes for one person, until an instant, for a ticket.
package grant
