package cloudtrail

// Kind is what kind of record an event is, in the words of a list of what is not judged. That of a call is empty.
type Kind string

// The kinds.
const (
	Call            Kind = ""
	SignIn          Kind = "sign-in events of the console"
	ConsoleAction   Kind = "actions in the console that are no API call"
	ServiceEvent    Kind = "events of AWS services that nobody called for"
	Insight         Kind = "insight events, which count calls and are none"
	NetworkActivity Kind = "network activity events of VPC endpoints: the call has a record of its own where such calls are logged"
	OtherRecord     Kind = "records of another kind than calls, such as configuration items and events of partners"
)

// Kind is what the record says of its kind.
//
// Source: AWS CloudTrail User Guide, CloudTrail record contents, eventType and eventCategory; CloudTrail record
// contents for Insights events.
func (e *Event) Kind() Kind {
	switch e.Type {
	case "AwsConsoleSignIn":
		return SignIn
	case "AwsConsoleAction":
		return ConsoleAction
	case "AwsServiceEvent":
		return ServiceEvent
	case "AwsCloudTrailInsight":
		return Insight
	case "AwsVpceEvent":
		return NetworkActivity
	}
	switch e.Category {
	case "Insight":
		return Insight
	case "NetworkActivity":
		return NetworkActivity
	case "", "Management", "Data":
		return Call
	}
	return OtherRecord
}
