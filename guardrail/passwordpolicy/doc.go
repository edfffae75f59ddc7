// Package passwordpolicy is the password policy of an account.
package passwordpolicy
