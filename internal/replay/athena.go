package replay

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"aws-access-guardrails/internal/replay/judging"
)

// grouping is what a query groups away, and what becomes of it, as docs/replay.md says it.
var grouping = []string{
	"the times of single calls: a condition on the time, or on when a session began, makes the answer depend on it",
	"source addresses, unless a service control policy reads `aws:SourceIp` or `aws:VpcSourceIp`",
	"names of role sessions: `aws:userid` is not known of roles, and shells are told by role",
	"request parameters and resources of the calls of which no policy reads them",
	"events that failed, which are not judged anyway",
	"ids of events: what came twice is counted once within a group alone",
}

// SQL is the query that groups a table of CloudTrail in Athena, or an event data store of CloudTrail Lake, into
// requests that are alike, with their number: what Read takes as CSV. Table is the name of the table, or the id of
// the event data store.
func SQL(q *judging.Question, table string, accounts, actions []string, lake bool) string {
	var detailed []string
	address := false
	for _, p := range []*judging.Policies{q.Now, q.Then, q.AsIfDenied} {
		if p == nil {
			continue
		}
		address = address || p.ReadsAddress()
		for _, action := range actions {
			if slices.ContainsFunc(accounts, func(account string) bool { return p.ReadsRequest(account, action) }) {
				detailed = append(detailed, "'"+eventOf(action)+"'")
			}
		}
	}
	slices.Sort(detailed)
	detailed = slices.Compact(detailed)
	if len(detailed) == 0 {
		detailed = []string{"''"}
	}
	name := "eventsource || ' ' || regexp_replace(eventname, '(20[0-9]{6}|20[0-9]{2}_[0-9]{2}_[0-9]{2})(v[0-9]+)?$', '')"
	matters := "(" + name + " IN (\n    " + strings.Join(
		detailed,
		",\n    ",
	) + ") OR eventsource IN ('s3.amazonaws.com'))"
	ip := "CASE WHEN sourceipaddress LIKE '%.amazonaws.com' OR sourceipaddress = 'AWS Internal' THEN sourceipaddress END"
	if address {
		ip = "sourceipaddress"
	}
	columns := []string{
		"eventsource",
		"eventname",
		"awsregion",
		"recipientaccountid",
		"eventtype",
		"eventcategory",
		ip + " AS sourceipaddress",
		"vpcendpointid",
		"useridentity.type AS useridentity_type",
		"useridentity.accountid AS useridentity_accountid",
		"CASE WHEN useridentity.type IN ('AssumedRole', 'Role') THEN NULL ELSE useridentity.arn END AS useridentity_arn",
		"CASE WHEN useridentity.type IN ('AssumedRole', 'Role') THEN NULL ELSE useridentity.principalid END AS useridentity_principalid",
		"useridentity.username AS useridentity_username",
		"substr(useridentity.accesskeyid, 1, 4) AS useridentity_accesskeyid",
		"useridentity.invokedby AS useridentity_invokedby",
		"useridentity.sessioncontext.sessionissuer.type AS useridentity_sessioncontext_sessionissuer_type",
		"useridentity.sessioncontext.sessionissuer.arn AS useridentity_sessioncontext_sessionissuer_arn",
		"useridentity.sessioncontext.sessionissuer.accountid AS useridentity_sessioncontext_sessionissuer_accountid",
		"useridentity.sessioncontext.attributes.mfaauthenticated AS useridentity_sessioncontext_attributes_mfaauthenticated",
		"CASE WHEN tlsdetails IS NOT NULL THEN 'yes' END AS tlsdetails",
		"CASE WHEN " + matters + " THEN " + jsonOf("requestparameters", lake) + " END AS requestparameters",
		"CASE WHEN " + matters + " THEN json_format(CAST(resources AS JSON)) END AS resources",
	}
	where := []string{"errorcode IS NULL"}
	if !q.From.IsZero() {
		where = append(where, "eventtime >= "+instant(q.From, lake))
	}
	if !q.To.IsZero() {
		where = append(where, "eventtime < "+instant(q.To, lake))
	}
	if len(q.Accounts) > 0 {
		where = append(where, "useridentity.accountid IN ('"+strings.Join(q.Accounts, "', '")+"')")
	}
	var groups []string
	for i := range columns {
		groups = append(groups, fmt.Sprint(i+1))
	}
	return "SELECT\n  " + strings.Join(columns, ",\n  ") +
		",\n  count(DISTINCT coalesce(sharedeventid, eventid)) AS calls,\n  min(eventtime) AS first_seen,\n  max(eventtime) AS last_seen\nFROM " + table +
		"\nWHERE " + strings.Join(where, "\n  AND ") + "\nGROUP BY " + strings.Join(groups, ", ") + "\n"
}

// jsonOf is a column of parameters as JSON: Athena has them as a text, CloudTrail Lake as a map.
func jsonOf(column string, lake bool) string {
	if lake {
		return "json_format(CAST(" + column + " AS JSON))"
	}
	return column
}

func instant(moment time.Time, lake bool) string {
	if lake {
		return "TIMESTAMP '" + moment.UTC().Format("2006-01-02 15:04:05") + "'"
	}
	return "'" + moment.UTC().Format(time.RFC3339) + "'"
}

// eventOf is the event source and name of an action that is called as its event.
func eventOf(action string) string {
	prefix, name, _ := strings.Cut(action, ":")
	for service, known := range judging.NamesRead().Prefixes {
		if known == prefix && service == "monitoring" {
			prefix = service
		}
	}
	return prefix + ".amazonaws.com " + name
}
