// Package organizations are the types of resources and the functions of AWS Organizations, as the real provider has them.
package organizations
