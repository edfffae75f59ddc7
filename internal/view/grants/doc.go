// Package grants lists the grants of stacks at an instant: which are open, coming and over, and which were used.
package grants
