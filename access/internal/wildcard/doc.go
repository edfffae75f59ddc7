// Package wildcard compares text with patterns as the policy language does.
package wildcard
