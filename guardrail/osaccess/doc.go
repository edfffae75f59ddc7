// Package osaccess is the template of the roles that open a shell on nodes of an account whose other doors are shut.
package osaccess
