// Package providertest is what the tests of the sandbox's providers share: a cloud with a server of its providers, an
// engine that speaks to it over a connection of its own, and the texts that several of them name.
package providertest

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"

	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/iam"
	"aws-access-guardrails/internal/sandbox/cloud/organizations"
	"aws-access-guardrails/internal/sandbox/cloud/plant"
	"aws-access-guardrails/internal/sandbox/cloud/ssm"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
	"aws-access-guardrails/internal/sandbox/provider"
	"aws-access-guardrails/policy"
)

// Accounts, a Region, and an identity policy.
const (
	Home       = "111122223333"
	Other      = "444455556666"
	Tokyo      = "ap-northeast-1"
	ReadPolicy = `{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`
)

// TrustPolicy is a trust policy for the account itself.
const TrustPolicy = `{"Version":"2012-10-17","Statement":[{"Sid":"Trust","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}`

// Props are the properties of a resource, as a program writes them.
type Props = map[string]any

// World is a cloud with a server of its providers.
type World struct {
	T      *testing.T
	Cloud  *cloud.Cloud
	Server *provider.Server
}

// New is a world with two accounts, and the provider aws.
func New(t *testing.T, faults *api.Faults) *World {
	t.Helper()
	return NewOf(
		t,
		"aws",
		provider.Credentials{Ambient: Home, Profiles: map[string]string{"other": Other}},
		faults,
	)
}

// NewOf is New with another provider, or with credentials of its own.
func NewOf(t *testing.T, pkg string, credentials provider.Credentials, faults *api.Faults) *World {
	t.Helper()
	c, err := cloud.Open("", func() time.Time { return time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC) })
	require.NoError(t, err)
	require.NoError(t, c.AddAccount(Home, policy.AWS))
	require.NoError(t, c.AddAccount(Other, policy.AWS))
	s, err := provider.Serve(pkg, provider.Options{Cloud: c, Credentials: credentials, Faults: faults})
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, s.Close())
		require.NoError(t, c.Close())
	})
	return &World{t, c, s}
}

// Engine is one provider of a program, over a connection of its own as the real engine has it.
type Engine struct {
	T      *testing.T
	Client pulumirpc.ResourceProviderClient
}

// Dial is an engine whose provider is not configured yet.
func (w *World) Dial() *Engine {
	w.T.Helper()
	conn, err := grpc.NewClient(
		fmt.Sprintf("127.0.0.1:%d", w.Server.Port),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
	)
	require.NoError(w.T, err)
	w.T.Cleanup(func() { require.NoError(w.T, conn.Close()) })
	e := &Engine{w.T, pulumirpc.NewResourceProviderClient(conn)}
	_, err = e.Client.Attach(context.Background(), &pulumirpc.PluginAttach{Address: "127.0.0.1:1"})
	require.NoError(w.T, err)
	return e
}

// Configured is an engine whose provider has the settings; nested ones are given as Go values.
func (w *World) Configured(settings Props) *Engine {
	w.T.Helper()
	e := w.Dial()
	require.NoError(w.T, e.Configure(settings))
	return e
}

// Engine is a provider of the account of the ambient credentials in Tokyo.
func (w *World) Engine() *Engine { return w.Configured(Props{"region": Tokyo}) }

// Configure sets the provider up; nested settings are Go values.
func (e *Engine) Configure(settings Props) error {
	inputs := Props{}
	for key, value := range settings {
		text, ok := value.(string)
		if !ok {
			raw, err := json.Marshal(value)
			require.NoError(e.T, err)
			text = string(raw)
		}
		inputs[key] = text
	}
	_, err := e.Client.Configure(context.Background(), &pulumirpc.ConfigureRequest{Args: e.Pack(inputs)})
	return err
}

// Resource is a resource in the engine's state.
type Resource struct {
	Token, Name, ID string
	Inputs, Outputs *structpb.Struct
}

// Out is an output.
func (m *Resource) Out(key string) any { return m.Outputs.AsMap()[key] }

// URN is that of a resource of the program.
func URN(token, name string) string { return "urn:pulumi:dev::p::" + token + "::" + name }

// Pack are properties as the protocol has them.
func (e *Engine) Pack(p Props) *structpb.Struct {
	e.T.Helper()
	s, err := plugin.MarshalProperties(resource.NewPropertyMapFromMap(p), plugin.MarshalOptions{KeepUnknowns: true})
	require.NoError(e.T, err)
	return s
}

// Check returns the checked inputs and the reasons of refused ones.
func (e *Engine) Check(token, name string, olds *structpb.Struct, in Props) (*structpb.Struct, []string, error) {
	response, err := e.Client.Check(context.Background(), &pulumirpc.CheckRequest{
		Urn: URN(token, name), Olds: olds, News: e.Pack(in), RandomSeed: []byte("seed"),
	})
	if err != nil {
		return nil, nil, err
	}
	var reasons []string
	for _, f := range response.Failures {
		reasons = append(reasons, f.Property+": "+f.Reason)
	}
	return response.Inputs, reasons, nil
}

// Create checks and creates, as an update does.
func (e *Engine) Create(token, name string, in Props) (*Resource, error) {
	inputs, reasons, err := e.Check(token, name, nil, in)
	if err != nil {
		return nil, err
	}
	require.Empty(e.T, reasons)
	response, err := e.Client.Create(
		context.Background(),
		&pulumirpc.CreateRequest{Urn: URN(token, name), Properties: inputs},
	)
	if err != nil {
		return nil, err
	}
	return &Resource{token, name, response.Id, inputs, response.Properties}, nil
}

// MustCreate is Create where it has to go well.
func (e *Engine) MustCreate(token, name string, in Props) *Resource {
	e.T.Helper()
	m, err := e.Create(token, name, in)
	require.NoError(e.T, err)
	return m
}

// Diff compares a resource with new inputs.
func (e *Engine) Diff(m *Resource, in Props, ignore ...string) *pulumirpc.DiffResponse {
	e.T.Helper()
	inputs, reasons, err := e.Check(m.Token, m.Name, m.Inputs, in)
	require.NoError(e.T, err)
	require.Empty(e.T, reasons)
	response, err := e.Client.Diff(context.Background(), &pulumirpc.DiffRequest{
		Id: m.ID, Urn: URN(m.Token, m.Name), Olds: m.Outputs, OldInputs: m.Inputs, News: inputs, IgnoreChanges: ignore,
	})
	require.NoError(e.T, err)
	return response
}

// Update updates a resource in place.
func (e *Engine) Update(m *Resource, in Props) error {
	e.T.Helper()
	inputs, reasons, err := e.Check(m.Token, m.Name, m.Inputs, in)
	require.NoError(e.T, err)
	require.Empty(e.T, reasons)
	response, err := e.Client.Update(context.Background(), &pulumirpc.UpdateRequest{
		Id: m.ID, Urn: URN(m.Token, m.Name), Olds: m.Outputs, OldInputs: m.Inputs, News: inputs,
	})
	if err != nil {
		return err
	}
	m.Inputs, m.Outputs = inputs, response.Properties
	return nil
}

// Refresh reads a resource; it reports whether the resource is still there.
func (e *Engine) Refresh(m *Resource) (bool, error) {
	response, err := e.Client.Read(context.Background(), &pulumirpc.ReadRequest{
		Id: m.ID, Urn: URN(m.Token, m.Name), Properties: m.Outputs, Inputs: m.Inputs,
	})
	if err != nil || response.Id == "" {
		return false, err
	}
	m.Inputs, m.Outputs = response.Inputs, response.Properties
	return true, nil
}

// Import reads a resource by its id alone.
func (e *Engine) Import(token, name, id string) (*Resource, error) {
	response, err := e.Client.Read(context.Background(), &pulumirpc.ReadRequest{Id: id, Urn: URN(token, name)})
	if err != nil || response.Id == "" {
		return nil, err
	}
	return &Resource{token, name, response.Id, response.Inputs, response.Properties}, nil
}

// Remove deletes a resource.
func (e *Engine) Remove(m *Resource) error {
	_, err := e.Client.Delete(context.Background(), &pulumirpc.DeleteRequest{
		Id: m.ID, Urn: URN(m.Token, m.Name), Properties: m.Outputs, OldInputs: m.Inputs,
	})
	return err
}

// Invoke calls a function.
func (e *Engine) Invoke(token string, args Props) (map[string]any, error) {
	response, err := e.Client.Invoke(context.Background(), &pulumirpc.InvokeRequest{Tok: token, Args: e.Pack(args)})
	if err != nil {
		return nil, err
	}
	return response.Return.AsMap(), nil
}

// Details are the details of an error of a call.
func Details(err error) []any { return status.Convert(err).Details() }

// What the tests of several services call.
const (
	UserType       = "aws:iam/user:User"
	MembershipType = "aws:iam/userGroupMembership:UserGroupMembership"
	GroupType      = "aws:iam/group:Group"
	RoleType       = "aws:iam/role:Role"
	PolicyType     = "aws:iam/policy:Policy"
)

const (
	DocumentType        = "aws:ssm/document:Document"
	PreferencesDocument = "SSM-SessionManagerRunShell"
	Preferences         = `{"schemaVersion":"1.0","description":"preferences","sessionType":"Standard_Stream","inputs":{"s3EncryptionEnabled":true,` +
		`"cloudWatchEncryptionEnabled":true,"cloudWatchStreamingEnabled":false,"runAsEnabled":true,"runAsDefaultUser":"","idleSessionTimeout":"15",` +
		`"maxSessionDuration":"60"}}`
)

const (
	Management = "123456789012"
	Root       = "r-exam"
	Workloads  = "ou-exam-11111111"
	Instance   = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
	// Alice is in the identity store, and the stranger is not.
	Alice                    = "11111111-2222-3333-4444-555555555501"
	Stranger                 = "11111111-2222-3333-4444-555555555509"
	ServiceControlPolicyType = "aws:organizations/policy:Policy"
	AttachmentType           = "aws:organizations/policyAttachment:PolicyAttachment"
	AttributesType           = "aws:ssoadmin/instanceAccessControlAttributes:InstanceAccessControlAttributes"
	PermissionSetType        = "aws:ssoadmin/permissionSet:PermissionSet"
	DenyAll                  = `{"Version":"2012-10-17","Statement":[{"Sid":"DenyAll","Effect":"Deny","Action":"*","Resource":"*"}]}`
)

// NativeType is a document of the provider aws-native.
const NativeType = "aws-native:ssm:Document"

// IAM is IAM of the account at home.
func (w *World) IAM() iam.Client { return w.Cloud.IAM(api.Caller{Account: Home, Region: Tokyo}) }

// SSM is Systems Manager of the account at home.
func (w *World) SSM(region string) ssm.Client {
	return w.Cloud.SSM(api.Caller{Account: Home, Region: region})
}

// With are properties with one more, or another one.
func With(in Props, key string, value any) Props {
	out := Props{}
	for k, v := range in {
		out[k] = v
	}
	out[key] = value
	return out
}

// NewOrganization is an engine of the management account of an organization.
func NewOrganization(t *testing.T) (*World, *Engine) {
	t.Helper()
	w := NewOf(t, "aws", provider.Credentials{Ambient: Management, Profiles: map[string]string{"home": Home}}, nil)
	require.NoError(t, w.Cloud.Plant(plant.Plants{
		Organization: []plant.Planted[organizations.ExistingOrganization]{{Thing: organizations.ExistingOrganization{
			Organization: organizations.Organization{
				ID:              "o-exampleorgid",
				Root:            Root,
				Management:      Management,
				PolicyTypes:     []string{organizations.ServiceControlPolicy},
				TrustedServices: []string{"iam.amazonaws.com"},
			},
			Units: []organizations.Unit{
				{ID: Workloads, Name: "Workloads", Parent: Root},
			},
			Accounts: map[string]string{Home: Workloads},
		}}},
		IdentityCenter: []plant.Planted[ssoadmin.IdentityCenter]{{Thing: ssoadmin.IdentityCenter{
			ARN:     Instance,
			Store:   "d-1234567890",
			Account: Management,
			Region:  "us-east-1",
			Users:   map[string]string{Alice: "alice"},
			Groups:  map[string]string{"g-1": "ops"},
		}}},
	}))
	return w, w.Configured(Props{"region": "us-east-1"})
}

// NewNative is an engine of the provider aws-native in Tokyo.
func NewNative(t *testing.T) (*World, *Engine) {
	t.Helper()
	w := NewOf(t, "aws-native", provider.Credentials{Ambient: Home}, nil)
	e := w.Dial()
	require.NoError(t, e.Configure(Props{"region": Tokyo}))
	return w, e
}
