// Package cloudtrail reads what CloudTrail wrote down, in whatever form it comes: files as they are delivered, what
// lookup-events and EventBridge wrap, the rows of Athena and of CloudTrail Lake as JSON or CSV. It decides nothing.
package cloudtrail
