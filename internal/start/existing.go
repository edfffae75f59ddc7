package start

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"aws-access-guardrails/internal/files"
	"aws-access-guardrails/policy"
)

// printed is one document that the AWS CLI printed, as far as anything is read of it. Keys that are not here are not
// looked at.
type printed struct {
	// Organization is of "aws organizations describe-organization".
	Organization *struct{ ID, MasterAccountID, ManagementAccountID string }
	// Roots is of "aws organizations list-roots".
	Roots []struct{ ID, Arn string }
	// OrganizationalUnits is of "aws organizations list-organizational-units-for-parent".
	OrganizationalUnits []struct{ ID, Name string }
	// Accounts is of "aws organizations list-accounts" and of "aws organizations list-accounts-for-parent".
	Accounts []struct{ ID, Arn, Name, Status, State string }
	// DelegatedAdministrators is of "aws organizations list-delegated-administrators --service-principal
	// sso.amazonaws.com".
	DelegatedAdministrators []struct{ ID string }
	// Instances is of "aws sso-admin list-instances".
	Instances []struct{ InstanceArn, IdentityStoreID, Status string }
	// Groups is of "aws identitystore list-groups".
	Groups []struct{ GroupID, DisplayName string }

	NextToken string

	// source is the file, parent the unit or root that its name has.
	source, parent string
}

// kinds are what is read, by the key that tells it.
var kinds = []struct{ key, command string }{
	{"Organization", "aws organizations describe-organization"},
	{"Roots", "aws organizations list-roots"},
	{"OrganizationalUnits", "aws organizations list-organizational-units-for-parent"},
	{"Accounts", "aws organizations list-accounts, or list-accounts-for-parent"},
	{
		"DelegatedAdministrators",
		"aws organizations list-delegated-administrators --service-principal sso.amazonaws.com",
	},
	{"Instances", "aws sso-admin list-instances"},
	{"Groups", "aws identitystore list-groups"},
}

// ReadExisting takes over what the AWS CLI printed about an organization: a file with one document or several, a
// folder of such files (those that end in .json), or "-" for stdin. The output of
// list-organizational-units-for-parent and list-accounts-for-parent does not say whose it is, so the names of those
// files have the id of the parent in them, such as units-r-exam.json. Everything that is wrong comes at once.
func (a *Answers) ReadExisting(from string, stdin io.Reader) error {
	all, err := a.readAll(from, stdin)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.NextToken != "" {
			return wrong(
				"--from: %s: the output is cut: it has a NextToken; print it without --max-items and --no-paginate",
				p.source,
			)
		}
	}
	r := &reader{answers: a}
	// What says where things are comes before what is there.
	for _, read := range []func(*printed){r.organization, r.units, r.accounts, r.identityCenter} {
		for _, p := range all {
			read(p)
		}
	}
	r.unitsWithoutParent(all)
	return errors.Join(r.errs...)
}

var parentID = regexp.MustCompile(`(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})`)

func (a *Answers) readAll(from string, stdin io.Reader) ([]*printed, error) {
	if from == "-" {
		data, err := files.ReadAll(stdin, files.MaxSize)
		if err != nil {
			return nil, err
		}
		return documents("stdin", "", data)
	}
	info, err := os.Stat(from)
	if err != nil {
		return nil, wrong("--from: %v", files.InWords(from, err))
	}
	paths := []string{from}
	if info.IsDir() {
		if paths, err = filepath.Glob(filepath.Join(escaped(from), "*.json")); err != nil || len(paths) == 0 {
			return nil, wrong("--from: %s has no file that ends in .json; save there what the AWS CLI prints", from)
		}
	}
	var all []*printed
	for _, path := range paths {
		data, err := files.Read(path)
		if err != nil {
			return nil, wrong("--from: %v", files.InWords(path, err))
		}
		found, err := documents(path, parentID.FindString(filepath.Base(path)), data)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// escaped is a path as the pattern that it alone fits.
func escaped(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// documents reads JSON documents, one after the other.
func documents(source, parent string, data []byte) ([]*printed, error) {
	decoder := json.NewDecoder(bytes.NewReader(files.UTF8(data)))
	var all []*printed
	for {
		var raw json.RawMessage
		switch err := decoder.Decode(&raw); {
		case errors.Is(err, io.EOF):
			if len(all) == 0 {
				return nil, wrong("--from: %s is empty; save there what the AWS CLI prints", source)
			}
			return all, nil
		case err != nil:
			return nil, wrong("--from: %s is not JSON: %v; print it with --output json", source, err)
		}
		var keys map[string]json.RawMessage
		if err := json.Unmarshal(raw, &keys); err != nil {
			return nil, wrong(
				"--from: %s is not what the AWS CLI prints; print it with --output json, without --query",
				source,
			)
		}
		if !slices.ContainsFunc(kinds, func(k struct{ key, command string }) bool { return keys[k.key] != nil }) {
			return nil, wrong(
				"--from: %s has nothing that is read; it may have the output of\n  %s",
				source,
				commands(),
			)
		}
		p := &printed{source: source, parent: parent}
		if err := json.Unmarshal(raw, p); err != nil {
			return nil, wrong("--from: %s: %v", source, err)
		}
		all = append(all, p)
	}
}

func commands() string {
	var lines []string
	for _, k := range kinds {
		lines = append(lines, k.command)
	}
	return strings.Join(lines, "\n  ")
}

// reader puts documents together.
type reader struct {
	answers *Answers
	errs    []error
}

func (r *reader) refuse(p *printed, format string, args ...any) {
	r.errs = append(r.errs, wrong("--from: %s: %s", p.source, fmt.Sprintf(format, args...)))
}

// theOrganization is the organization, made on first use.
func (r *reader) theOrganization() *Organization {
	if r.answers.Organization == nil {
		r.answers.Organization = &Organization{}
	}
	return r.answers.Organization
}

// organization reads who the organization is: from its description, or from the ARNs of roots and accounts, which
// have both ids.
func (r *reader) organization(p *printed) {
	if o := p.Organization; o != nil {
		r.same(p, "organization", &r.theOrganization().ID, o.ID, policy.ValidateOrganizationID)
		management := o.MasterAccountID
		if management == "" {
			management = o.ManagementAccountID
		}
		r.same(p, "management account", &r.theOrganization().Management, management, policy.ValidateAccountID)
	}
	var arns []string
	for _, root := range p.Roots {
		r.same(p, "root", &r.theOrganization().Root, root.ID, policy.ValidateRootID)
		arns = append(arns, root.Arn)
	}
	for _, account := range p.Accounts {
		arns = append(arns, account.Arn)
	}
	for _, arn := range arns {
		// arn:aws:organizations::<management>:account/<organization>/<account>
		parts := strings.Split(arn, ":")
		if len(parts) != 6 || parts[2] != "organizations" {
			continue
		}
		path := strings.Split(parts[5], "/")
		if len(path) == 3 {
			r.same(p, "organization", &r.theOrganization().ID, path[1], policy.ValidateOrganizationID)
			r.same(p, "management account", &r.theOrganization().Management, parts[4], policy.ValidateAccountID)
		}
	}
}

// same keeps a value, which every document must agree on.
func (r *reader) same(p *printed, what string, have *string, value string, validate func(string) error) {
	if err := validate(value); err != nil {
		r.refuse(p, "the id of the %s: %q %v", what, value, err)
		return
	}
	if *have != "" && *have != value {
		text := wrong(
			"--from: %s: the %s is %s here and %s elsewhere; give the output for one organization",
			p.source,
			what,
			value,
			*have,
		)
		if !slices.ContainsFunc(r.errs, func(err error) bool { return err.Error() == text.Error() }) {
			r.errs = append(r.errs, text)
		}
		return
	}
	*have = value
}

func (r *reader) units(p *printed) {
	for _, u := range p.OrganizationalUnits {
		if err := policy.ValidateUnitID(u.ID); err != nil {
			r.refuse(p, "the id of the unit %q: %q %v", u.Name, u.ID, err)
			continue
		}
		o := r.theOrganization()
		index := slices.IndexFunc(o.Units, func(have Unit) bool { return have.ID == u.ID })
		if index < 0 {
			o.Units, index = append(o.Units, Unit{ID: u.ID, Name: u.Name}), len(o.Units)
		}
		if p.parent != "" && p.parent != u.ID {
			o.Units[index].Parent = p.parent
		}
	}
}

// unitsWithoutParent puts units of which no file name says the parent below the root, where there is one list of
// units and so no other place for them.
func (r *reader) unitsWithoutParent(all []*printed) {
	lists := 0
	for _, p := range all {
		if len(p.OrganizationalUnits) > 0 {
			lists++
		}
	}
	o := r.answers.Organization
	if o == nil || lists != 1 {
		return
	}
	for i := range o.Units {
		if o.Units[i].Parent == "" {
			o.Units[i].Parent = o.Root
		}
	}
}

func (r *reader) accounts(p *printed) {
	for _, account := range p.Accounts {
		if err := policy.ValidateAccountID(account.ID); err != nil {
			r.refuse(p, "the id of the account %q: %q %v", account.Name, account.ID, err)
			continue
		}
		answer := r.answers.add(account.ID, account.Name)
		state := account.State
		if state == "" {
			state = account.Status
		}
		answer.Closed = state != "" && state != "ACTIVE"
		if p.parent != "" {
			answer.Unit = p.parent
		}
	}
}

func (r *reader) identityCenter(p *printed) {
	a := r.answers
	for _, admin := range p.DelegatedAdministrators {
		if a.directory == "" {
			a.directory = admin.ID
		}
	}
	for _, instance := range p.Instances {
		if instance.Status != "" && instance.Status != "ACTIVE" {
			continue
		}
		ic := a.center()
		if ic.Instance != "" && ic.Instance != instance.InstanceArn {
			r.refuse(p, "there are two instances of IAM Identity Center; leave the one of the organization in the file")
			continue
		}
		ic.Instance, ic.Store = instance.InstanceArn, instance.IdentityStoreID
	}
	for _, group := range p.Groups {
		a.center().Groups[group.DisplayName] = group.GroupID
	}
}

// center is Identity Center, made on first use.
func (a *Answers) center() *IdentityCenter {
	if a.IdentityCenter == nil {
		a.IdentityCenter = &IdentityCenter{Groups: map[string]string{}}
	}
	return a.IdentityCenter
}

// check holds the tree together: every unit and every account hangs below the root.
func (o *Organization) check(a *Answers) error {
	var errs []error
	known := map[string]bool{o.Root: true}
	for _, u := range o.Units {
		known[u.ID] = true
	}
	save := func(verb, kind string) string {
		return fmt.Sprintf(
			"save \"aws organizations %s --parent-id <parent>\" as %s-<parent>.json, for the root and for each unit",
			verb,
			kind,
		)
	}
	for _, u := range o.Units {
		switch {
		case u.Parent == "":
			errs = append(errs, wrong("--from: the parent of the unit %s (%s) is not known; %s", u.ID, u.Name,
				save("list-organizational-units-for-parent", "units")))
		case !known[u.Parent]:
			errs = append(
				errs,
				wrong("--from: the unit %s (%s) is in %s, which no file has; %s", u.ID, u.Name, u.Parent,
					save("list-organizational-units-for-parent", "units")),
			)
		}
	}
	for _, account := range a.Accounts {
		if account.Unit == "" && (len(o.Units) == 0 || account == a.Management) {
			account.Unit = o.Root
		}
		switch {
		case account.Unit == "":
			errs = append(errs, wrong("--from: the unit of account %s (%s) is not known; %s", account.ID, account.Name,
				save("list-accounts-for-parent", "accounts")))
		case !known[account.Unit]:
			errs = append(
				errs,
				wrong("--from: account %s (%s) is in %s, which no file has; %s", account.ID, account.Name, account.Unit,
					save("list-organizational-units-for-parent", "units")),
			)
		}
	}
	if o.ID == "" || o.Management == "" {
		errs = append(
			errs,
			wrong(
				"--from: the organization is not known; add the output of \"aws organizations describe-organization\"",
			),
		)
	}
	return errors.Join(errs...)
}
