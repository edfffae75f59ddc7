// Package literal reads the numbers, dates and networks that conditions compare, as the policy language has them.
package literal
