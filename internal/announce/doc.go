// Package announce tells a channel of Slack or Microsoft Teams what happens to a grant, through an incoming webhook.
package announce
