// Package expect says whether what an admin expects of an account is so. It is the only place that knows which parts
// of an expectation go together.
package expect
