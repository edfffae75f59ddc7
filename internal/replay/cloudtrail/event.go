package cloudtrail

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Kept is the event with memory of its own.
func (e *Event) Kept() *Event {
	own := *e
	own.Params, own.Resources = slices.Clone(e.Params), slices.Clone(e.Resources)
	own.Response, own.Additional = nil, nil
	return &own
}

// Event is one record of CloudTrail, as far as it is needed. Params, Response, Resources and Additional are the JSON
// of the record and share its memory.
type Event struct {
	// ID is the id of the event: that of the event which it adds to, where it is an addendum.
	ID, SharedID          string
	Time                  time.Time
	Source, Name          string
	Region, IP            string
	Type, Category        string
	ErrorCode             string
	Recipient             string
	VPCEndpoint           string
	VPCEndpointAccount    string
	TLS                   bool
	User                  Identity
	Params, Response      []byte
	Resources, Additional []byte
	// Count is how many calls the record stands for, First and Last when they were: more than one where a query
	// grouped them.
	Count int64
	// Grouped says that a query made the record of several calls that are alike.
	Grouped     bool
	First, Last time.Time
	added       bool
}

// Identity is userIdentity.
//
// Source: AWS CloudTrail User Guide, CloudTrail userIdentity element.
type Identity struct {
	Type, PrincipalID, ARN, Account string
	UserName, AccessKey, InvokedBy  string
	// HasSession says that the record has a session context: the credentials were temporary.
	HasSession                           bool
	IssuerType, IssuerARN, IssuerAccount string
	MFA, Created, SourceIdentity, Root   string
	FederatedProvider, RoleDelivery      string
}

var errNoRecord = errors.New("is no record of CloudTrail: it has no eventSource and eventName")

// ErrNothing is what stands beside records and is none: a message by which CloudWatch Logs tries a destination, and a
// field of a result of CloudWatch Logs Insights other than the message.
var ErrNothing = errors.New("is nothing that was called")

// Decoder reads records. It is not safe for concurrent use.
type Decoder struct {
	dec    jsontext.Decoder
	record []byte
	// inner is the record that this one holds; beside says that it stands beside one.
	inner  []byte
	beside bool
	// names keeps the texts that come again and again, users the identities by their JSON.
	names map[string]string
	users map[string]Identity
	// ofUser reads identities.
	ofUser *Decoder
}

// mostNames and mostUsers bound what is kept.
const mostNames, mostUsers = 8192, 4096

func NewDecoder() *Decoder {
	names := map[string]string{}
	return &Decoder{names: names, users: map[string]Identity{}, ofUser: &Decoder{names: names}}
}

func (d *Decoder) reset(record []byte) {
	d.record = record
	d.dec.Reset(bytes.NewBuffer(record), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// Decode reads one record, in the names of CloudTrail or in the lower case of Athena.
func (d *Decoder) Decode(record []byte) (*Event, error) {
	return d.within(record, 0)
}

// mostEnvelopes bounds how often a record is wrapped.
const mostEnvelopes = 2

// within reads a record, or the one that it holds: an entry of lookup-events, an event of EventBridge, a message of
// CloudWatch Logs, a row with the whole event as JSON.
func (d *Decoder) within(record []byte, envelopes int) (*Event, error) {
	d.reset(record)
	d.inner, d.beside = nil, false
	e := &Event{Count: 1}
	err := d.object(func(name string) error { return d.field(e, name) })
	switch {
	case err != nil:
		return nil, err
	case d.inner != nil && envelopes < mostEnvelopes:
		return d.within(d.inner, envelopes+1)
	case d.beside && e.Source == "" && e.Name == "":
		return nil, ErrNothing
	case (e.Source == "" || e.Name == "") && e.Kind() == Call:
		return nil, errNoRecord
	case e.Time.IsZero() && !e.First.IsZero():
		e.Time = e.First
	case e.Time.IsZero():
		return nil, errors.New("has no eventTime")
	}
	if e.First.IsZero() || e.Last.IsZero() {
		e.First, e.Last = e.Time, e.Time
	}
	return e, nil
}

// object reads an object and gives each name to a function, which reads the value.
func (d *Decoder) object(field func(name string) error) error {
	token, err := d.dec.ReadToken()
	switch {
	case err != nil:
		return err
	case token.Kind() == 'n':
		return nil
	case token.Kind() != '{':
		return errors.New("has " + token.Kind().String() + " where an object is expected")
	}
	for d.dec.PeekKind() != '}' {
		name, nameErr := d.name()
		if nameErr != nil {
			return nameErr
		}
		if fieldErr := field(name); fieldErr != nil {
			return fieldErr
		}
	}
	_, err = d.dec.ReadToken()
	return err
}

// text reads a string, a number or a Boolean; empty for null and for anything else.
func (d *Decoder) text() (string, error) {
	switch d.dec.PeekKind() {
	case '"', '0', 't', 'f':
		token, err := d.dec.ReadToken()
		if err != nil {
			return "", err
		}
		return token.String(), nil
	}
	return "", d.dec.SkipValue()
}

// name is text that comes again and again: the same text has the same memory.
func (d *Decoder) name() (string, error) {
	if d.dec.PeekKind() != '"' {
		return d.text()
	}
	value, err := d.dec.ReadValue()
	if err != nil {
		return "", err
	}
	inner := value[1 : len(value)-1]
	if have, known := d.names[string(inner)]; known {
		return have, nil
	}
	text := string(inner)
	if bytes.IndexByte(inner, '\\') >= 0 || !utf8.Valid(inner) {
		if err := json.Unmarshal(value, &text); err != nil {
			return "", err
		}
	}
	if len(d.names) >= mostNames {
		clear(d.names)
	}
	d.names[string(inner)] = text
	return text, nil
}

// raw reads any value as it stands in the record; one that is a text with JSON in it, as Athena has it, is taken out
// of the text.
func (d *Decoder) raw() ([]byte, error) {
	quoted := d.dec.PeekKind() == '"'
	value, err := d.dec.ReadValue()
	if err != nil {
		return nil, err
	}
	if quoted {
		var text string
		if json.Unmarshal(value, &text) != nil || text == "" || text == "null" {
			return nil, nil
		}
		return []byte(text), nil
	}
	end := d.dec.InputOffset()
	value = d.record[end-int64(len(value)) : end]
	if len(value) == 4 && value[0] == 'n' {
		return nil, nil
	}
	return value, nil
}

func (d *Decoder) field(e *Event, name string) (err error) {
	switch foldName(name) {
	case "cloudtrailevent", "eventjson":
		var text string
		text, err = d.text()
		d.inner = []byte(text)
	case "message", "@message", "value":
		err = d.message()
	case "field":
		_, err = d.text()
		d.beside = true
	case "detail":
		if d.dec.PeekKind() != '{' {
			return d.dec.SkipValue()
		}
		d.inner, err = d.raw()
	case "calls":
		var text string
		if text, err = d.text(); err == nil {
			e.Count, err = strconv.ParseInt(text, 10, 64)
			e.Grouped = true
		}
	case "first_seen":
		e.First, err = d.time()
	case "last_seen":
		e.Last, err = d.time()
	case "eventid":
		var id string
		if id, err = d.text(); !e.added {
			e.ID = id
		}
	case "sharedeventid":
		e.SharedID, err = d.text()
	case "addendum":
		err = d.addendum(e)
	case "eventtime":
		e.Time, err = d.time()
	case "eventsource":
		e.Source, err = d.name()
	case "eventname":
		e.Name, err = d.name()
	case "awsregion":
		e.Region, err = d.name()
	case "sourceipaddress":
		e.IP, err = d.name()
	case "eventtype":
		e.Type, err = d.name()
	case "eventcategory":
		e.Category, err = d.name()
	case "errorcode":
		e.ErrorCode, err = d.name()
	case "recipientaccountid":
		e.Recipient, err = d.name()
	case "vpcendpointid":
		e.VPCEndpoint, err = d.name()
	case "vpcendpointaccountid":
		e.VPCEndpointAccount, err = d.name()
	case "tlsdetails":
		e.TLS = d.dec.PeekKind() == '{'
		err = d.dec.SkipValue()
	case "useridentity":
		e.User, err = d.user()
	case "requestparameters":
		e.Params, err = d.raw()
	case "responseelements":
		e.Response, err = d.raw()
	case "resources":
		e.Resources, err = d.raw()
	case "additionaleventdata":
		e.Additional, err = d.raw()
	default:
		err = d.dec.SkipValue()
	}
	return err
}

// controlMessage begins a message by which CloudWatch Logs tries a destination.
//
// Source: Amazon CloudWatch Logs User Guide, Log group-level subscription filters: CONTROL_MESSAGE.
const controlMessage = "CWL CONTROL MESSAGE"

// message takes the event out of a message of CloudWatch Logs, or of the field of a result that holds it.
func (d *Decoder) message() error {
	text, err := d.text()
	switch {
	case strings.HasPrefix(strings.TrimSpace(text), "{"):
		d.inner = []byte(text)
	case strings.HasPrefix(text, controlMessage):
		d.beside = true
	}
	return err
}

// addendum takes the id of the event of which the record is a later delivery.
//
// Source: AWS CloudTrail User Guide, CloudTrail record contents, addendum.
func (d *Decoder) addendum(e *Event) error {
	if d.dec.PeekKind() != '{' {
		return d.dec.SkipValue()
	}
	return d.object(func(name string) error {
		if foldName(name) != "originaleventid" {
			return d.dec.SkipValue()
		}
		id, err := d.text()
		if id != "" {
			e.ID, e.added = id, true
		}
		return err
	})
}

// user reads who called. One session writes the same identity into each of its records.
func (d *Decoder) user() (u Identity, err error) {
	value, err := d.dec.ReadValue()
	if err != nil {
		return u, err
	}
	if have, known := d.users[string(value)]; known {
		return have, nil
	}
	own := d.ofUser
	own.reset(value)
	if err := own.object(func(name string) error { return own.identity(&u, name) }); err != nil {
		return u, err
	}
	if len(d.users) >= mostUsers {
		clear(d.users)
	}
	d.users[string(value)] = u
	return u, nil
}

func (d *Decoder) identity(u *Identity, name string) (err error) {
	switch foldName(name) {
	case "type":
		u.Type, err = d.name()
	case "principalid":
		u.PrincipalID, err = d.name()
	case "arn":
		u.ARN, err = d.name()
	case "accountid":
		u.Account, err = d.name()
	case "username":
		u.UserName, err = d.name()
	case "accesskeyid":
		u.AccessKey, err = d.text()
	case "invokedby":
		u.InvokedBy, err = d.name()
	case "sessioncontext":
		u.HasSession = d.dec.PeekKind() == '{'
		err = d.object(func(name string) error { return d.session(u, name) })
	default:
		err = d.dec.SkipValue()
	}
	return err
}

func (d *Decoder) session(u *Identity, name string) (err error) {
	switch foldName(name) {
	case "sessionissuer":
		return d.object(func(name string) (err error) {
			switch foldName(name) {
			case "type":
				u.IssuerType, err = d.name()
			case "arn":
				u.IssuerARN, err = d.name()
			case "accountid":
				u.IssuerAccount, err = d.name()
			default:
				err = d.dec.SkipValue()
			}
			return err
		})
	case "attributes":
		return d.object(func(name string) (err error) {
			switch foldName(name) {
			case "mfaauthenticated":
				u.MFA, err = d.name()
			case "creationdate":
				u.Created, err = d.text()
			default:
				err = d.dec.SkipValue()
			}
			return err
		})
	case "webidfederationdata":
		return d.object(func(name string) (err error) {
			if foldName(name) == "federatedprovider" {
				u.FederatedProvider, err = d.name()
				return err
			}
			return d.dec.SkipValue()
		})
	case "sourceidentity":
		u.SourceIdentity, err = d.name()
	case "assumedroot":
		u.Root, err = d.name()
	case "ec2roledelivery":
		u.RoleDelivery, err = d.name()
	default:
		err = d.dec.SkipValue()
	}
	return err
}

func (d *Decoder) time() (time.Time, error) {
	text, err := d.text()
	if err != nil {
		return time.Time{}, err
	}
	return ParseTime(text)
}

// times are the forms in which exports write a time.
var times = []string{
	time.RFC3339, "2006-01-02 15:04:05.000", "2006-01-02 15:04:05", "2006-01-02 15:04:05.000 UTC", "20060102T150405Z",
}

// secondsOfMilliseconds is a number of seconds in a year that nobody has events of: a larger one counts milliseconds.
const secondsOfMilliseconds = 1e11

// ParseTime reads a time in one of the forms, or the seconds since 1970, as version 1 of the AWS CLI prints them.
func ParseTime(text string) (time.Time, error) {
	for _, layout := range times {
		if moment, err := time.Parse(layout, text); err == nil {
			return moment.UTC(), nil
		}
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds > 0 && seconds < 1e15 {
		if seconds >= secondsOfMilliseconds {
			seconds /= 1000
		}
		return time.Unix(int64(seconds), 0).UTC(), nil
	}
	return time.Time{}, errors.New("has an eventTime that is none: " + quoted(text))
}

// quoted is a text for an error, cut where it is long.
func quoted(text string) string {
	const most = 80
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	b, _ := json.Marshal(text)
	return string(b)
}

// foldName is a name in lower case. Names of CloudTrail are ASCII, and most need no memory.
func foldName(name string) string {
	for i := range len(name) {
		if 'A' <= name[i] && name[i] <= 'Z' {
			if low, known := lowered[name]; known {
				return low
			}
			return strings.ToLower(name)
		}
	}
	return name
}

// lowered are the names that every record has.
var lowered = func() map[string]string {
	all := map[string]string{}
	for _, name := range []string{
		"eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent", "requestParameters", "responseElements",
		"eventID", "readOnly", "eventType", "managementEvent", "recipientAccountId", "eventCategory", "requestID", "tlsDetails", "sharedEventID", "apiVersion", "vpcEndpointId",
		"vpcEndpointAccountId", "additionalEventData", "errorCode", "errorMessage", "sessionCredentialFromConsole", "principalId", "accountId", "accessKeyId", "userName",
		"sessionContext", "sessionIssuer", "webIdFederationData", "attributes", "creationDate", "mfaAuthenticated", "invokedBy", "ec2RoleDelivery", "sourceIdentity",
	} {
		all[name] = strings.ToLower(name)
	}
	return all
}()
