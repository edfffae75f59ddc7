package ssm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/store"
	"aws-access-guardrails/policy"
)

// Client is a client of AWS Systems Manager with one caller's credentials, in the caller's Region.
type Client struct {
	api.Client
	state *State
}

// State is what Systems Manager has in all accounts.
type State struct {
	world     *api.World
	Documents *store.Table[Document]
	Nodes     *store.Table[Node]
}

// NewState is the Systems Manager of a world without documents and nodes.
func NewState(world *api.World) *State {
	return &State{
		world: world, Documents: store.NewTable[Document]("documents"), Nodes: store.NewTable[Node]("nodes"),
	}
}

// Client returns a client of Systems Manager.
func (s *State) Client(caller api.Caller) Client {
	return Client{api.NewClient(s.world, caller, service), s}
}

// service is Systems Manager as its calls are decided. Source of tagging: CreateDocument in the Systems Manager API
// Reference.
var service = api.Service{
	Name: "SSM", Prefix: "ssm", Tagging: map[string]string{"CreateDocument": "AddTagsToResource"},
	Resources: func(c api.Client, _, subject string) ([]string, bool) {
		name, _, _ := strings.Cut(subject, "/")
		return []string{c.World.Partition(c.Caller.Account).DocumentARN(c.Caller.Region, c.Caller.Account, name)}, true
	},
}

// Document is an SSM document of an account in a Region.
type Document struct {
	Region string `json:"region"`
	Name   string `json:"name"`
	// Type is Session, Command, Automation and so on.
	Type string `json:"type"`
	// Format is JSON, YAML or TEXT.
	Format      string            `json:"format"`
	TargetType  string            `json:"targetType,omitempty"`
	VersionName string            `json:"versionName,omitempty"`
	Tags        map[string]string `json:"tags,omitempty"`
	// Shared are the accounts that may use the document, sorted; "all" makes it public.
	Shared []string `json:"shared,omitempty"`
	// Versions are the contents, version 1 first.
	Versions []string `json:"versions"`
	// Default is the version in force.
	Default int       `json:"default"`
	Created time.Time `json:"created,omitzero"`
}

// Content is the content in force.
func (d Document) Content() string { return d.Versions[d.Default-1] }

// Latest is the content of the newest version, which GetDocument answers for $LATEST.
func (d Document) Latest() string { return d.Versions[len(d.Versions)-1] }

// Hash is the SHA-256 of the newest content.
func (d Document) Hash() string {
	sum := sha256.Sum256([]byte(d.Latest()))
	return hex.EncodeToString(sum[:])
}

// NewDocument is what CreateDocument takes.
type NewDocument struct {
	Name, Content, Type string
	// Format is JSON if empty.
	Format                  string
	TargetType, VersionName string
	Tags                    map[string]string
}

var documentName = regexp.MustCompile(`^[a-zA-Z0-9_.-]{3,128}$`)

// DocumentKey is the key of a document in the table of an account.
func DocumentKey(region, name string) string { return region + "/" + name }

// CreateDocument makes a document in the caller's Region.
func (s Client) CreateDocument(ctx context.Context, in NewDocument) (Document, error) {
	if err := s.passTokenRole("CreateDocument", in.Name, in.Type); err != nil {
		return Document{}, err
	}
	return api.Ask(ctx, s.Making("", in.Tags), "CreateDocument", in.Name, func(tx *store.Tx) (Document, error) {
		if in.Format == "" {
			in.Format = "JSON"
		}
		switch {
		case !documentName.MatchString(in.Name):
			return Document{}, ssmInvalid(
				"1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: "+
					"Member must satisfy regular expression pattern: ^[a-zA-Z0-9_\\-.]{3,128}$",
				in.Name,
			)
		case policy.DocumentOfAWS(in.Name):
			return Document{}, api.Refuse(
				http.StatusBadRequest,
				"InvalidDocument",
				"Document name %s cannot begin with a reserved prefix",
				in.Name,
			).
				Hinted("names that begin with aws, amazon or amzn are AWS's own")
		}
		if err := api.CheckTags(in.Tags, false); err != nil {
			return Document{}, err
		}
		if len(in.Tags) > api.TagsPerResource {
			return Document{}, api.Refuse(
				http.StatusBadRequest,
				"TooManyTagsError",
				"The number of tags exceeds the limit of %d",
				api.TagsPerResource,
			)
		}
		if s.state.Documents.Has(s.Caller.Account, DocumentKey(s.Caller.Region, in.Name)) {
			return Document{}, api.Refuse(
				http.StatusBadRequest,
				"DocumentAlreadyExists",
				"Document with same name %s already exists",
				in.Name,
			)
		}
		if len(s.documentsHere()) >= s.World.Quotas.Documents {
			return Document{}, api.Refuse(
				http.StatusBadRequest,
				"DocumentLimitExceeded",
				"You can have at most %d active SSM documents.",
				s.World.Quotas.Documents,
			)
		}
		if err := s.checkApprovalDocument(in); err != nil {
			return Document{}, err
		}
		if err := checkContent(in.Type, in.Format, in.Content); err != nil {
			return Document{}, err
		}
		d := Document{
			Region:      s.Caller.Region,
			Name:        in.Name,
			Type:        in.Type,
			Format:      in.Format,
			TargetType:  in.TargetType,
			VersionName: in.VersionName,
			Tags:        in.Tags,
			Versions:    []string{in.Content},
			Default:     1,
			Created:     s.World.Time(),
		}
		s.put(tx, d)
		return s.document(in.Name)
	})
}

func (s Client) documentsHere() []Document {
	return slices.DeleteFunc(
		s.state.Documents.List(s.Caller.Account),
		func(d Document) bool { return d.Region != s.Caller.Region },
	)
}

// typeOf is the type of a document; empty when there is none.
func (s Client) typeOf(name string) string {
	var d Document
	s.World.Read(func() { d, _ = s.document(name) })
	return d.Type
}

func (s Client) put(tx *store.Tx, d Document) {
	s.state.Documents.Put(tx, s.Caller.Account, DocumentKey(d.Region, d.Name), d)
}

func (s Client) document(name string) (Document, error) {
	d, ok := s.state.Documents.Get(s.Caller.Account, DocumentKey(s.Caller.Region, name))
	if !ok {
		return Document{}, api.Refuse(
			http.StatusBadRequest,
			"InvalidDocument",
			"Document with name %s does not exist.",
			name,
		)
	}
	return d, nil
}

// DescribeDocument reads a document; the other reading calls of the service answer parts of the same.
func (s Client) DescribeDocument(ctx context.Context, name string) (Document, error) {
	return api.Ask(
		ctx,
		s.Client,
		"DescribeDocument",
		name,
		func(*store.Tx) (Document, error) { return s.document(name) },
	)
}

// GetDocument reads a document with its contents.
func (s Client) GetDocument(ctx context.Context, name string) (Document, error) {
	return api.Ask(ctx, s.Client, "GetDocument", name, func(*store.Tx) (Document, error) { return s.document(name) })
}

func (s Client) update(ctx context.Context, operation, name string, change func(*Document) error) error {
	return api.Do(ctx, s.Client, operation, name, func(tx *store.Tx) error {
		d, err := s.document(name)
		if err != nil {
			return err
		}
		if err := change(&d); err != nil {
			return err
		}
		s.put(tx, d)
		return nil
	})
}

// UpdateDocument adds a version that is not in force yet and returns its number.
func (s Client) UpdateDocument(ctx context.Context, name string, in NewDocument) (string, error) {
	if err := s.passTokenRole("UpdateDocument", name, s.typeOf(name)); err != nil {
		return "", err
	}
	var version string
	err := s.update(ctx, "UpdateDocument", name, func(d *Document) error {
		switch {
		case in.Content == d.Latest(), s.World.EveryVersion && slices.Contains(d.Versions, in.Content):
			return api.Refuse(
				http.StatusBadRequest,
				"DuplicateDocumentContent",
				"The content of the document matches another version of the document.",
			)
		case len(d.Versions) >= versionsPerDocument:
			return api.Refuse(
				http.StatusBadRequest,
				"DocumentVersionLimitExceeded",
				"The document has too many versions.",
			)
		}
		if in.Format != "" {
			d.Format = in.Format
		}
		if err := checkContent(d.Type, d.Format, in.Content); err != nil {
			return err
		}
		if in.TargetType != "" {
			d.TargetType = in.TargetType
		}
		if in.VersionName != "" {
			d.VersionName = in.VersionName
		}
		d.Versions = append(slices.Clone(d.Versions), in.Content)
		version = strconv.Itoa(len(d.Versions))
		return nil
	})
	return version, err
}

// UpdateDocumentDefaultVersion puts a version in force.
func (s Client) UpdateDocumentDefaultVersion(ctx context.Context, name, version string) error {
	return s.update(ctx, "UpdateDocumentDefaultVersion", name, func(d *Document) error {
		n, err := strconv.Atoi(version)
		if err != nil || n < 1 || n > len(d.Versions) {
			return api.Refuse(
				http.StatusBadRequest,
				"InvalidDocumentVersion",
				"The document version is not valid or does not exist.",
			)
		}
		d.Default = n
		return nil
	})
}

// DeleteDocument deletes a document that is shared with nobody.
func (s Client) DeleteDocument(ctx context.Context, name string) error {
	return api.Do(ctx, s.Client, "DeleteDocument", name, func(tx *store.Tx) error {
		d, err := s.document(name)
		if err != nil {
			return err
		}
		if len(d.Shared) > 0 {
			return api.Refuse(
				http.StatusBadRequest,
				"InvalidDocumentOperation",
				"Document %s is shared and cannot be deleted; stop sharing it first.",
				name,
			)
		}
		s.state.Documents.Remove(tx, s.Caller.Account, DocumentKey(d.Region, name))
		return nil
	})
}

// AddTagsToResource adds tags to a document and overwrites those that it has.
func (s Client) AddTagsToResource(ctx context.Context, name string, tags map[string]string) error {
	s.Client = s.Making("", tags)
	return s.update(ctx, "AddTagsToResource", name, func(d *Document) error {
		if err := api.CheckTags(tags, false); err != nil {
			return err
		}
		all := maps.Clone(d.Tags)
		if all == nil {
			all = map[string]string{}
		}
		maps.Copy(all, tags)
		if len(all) > api.TagsPerResource {
			return api.Refuse(
				http.StatusBadRequest,
				"TooManyTagsError",
				"The number of tags exceeds the limit of %d",
				api.TagsPerResource,
			)
		}
		d.Tags = all
		return nil
	})
}

// RemoveTagsFromResource removes tags from a document.
func (s Client) RemoveTagsFromResource(ctx context.Context, name string, keys []string) error {
	s.Client = s.Untagging(keys)
	return s.update(ctx, "RemoveTagsFromResource", name, func(d *Document) error {
		d.Tags = maps.Clone(d.Tags)
		maps.DeleteFunc(d.Tags, func(key, _ string) bool { return slices.Contains(keys, key) })
		return nil
	})
}

// ModifyDocumentPermission changes with which accounts a document is shared.
func (s Client) ModifyDocumentPermission(ctx context.Context, name string, add, remove []string) error {
	return s.update(ctx, "ModifyDocumentPermission", name, func(d *Document) error {
		shared := slices.DeleteFunc(
			slices.Concat(d.Shared, add),
			func(account string) bool { return slices.Contains(remove, account) },
		)
		slices.Sort(shared)
		d.Shared = slices.Compact(shared)
		for _, account := range d.Shared {
			if !strings.EqualFold(account, "all") && policy.ValidateAccountID(account) != nil {
				return ssmInvalid(
					"1 validation error detected: Value '[%s]' at 'accountIdsToAdd' failed to satisfy constraint: "+
						"Member must satisfy regular expression pattern: (?i)all|[0-9]{12}?",
					account,
				)
			}
		}
		return nil
	})
}

// DocumentARN is the ARN of a document of the caller's account and Region.
func (s Client) DocumentARN(name string) string {
	return s.World.Partition(s.Caller.Account).DocumentARN(s.Caller.Region, s.Caller.Account, name)
}

func ssmInvalid(format string, args ...any) *api.Error {
	return api.Refuse(http.StatusBadRequest, "ValidationException", format, args...)
}

func invalidContent(format string, args ...any) *api.Error {
	return api.Refuse(http.StatusBadRequest, "InvalidDocumentContent", "%s", fmt.Sprintf(format, args...))
}
