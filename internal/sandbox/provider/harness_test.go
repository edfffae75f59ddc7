package provider_test

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
	"aws-access-guardrails/internal/sandbox/provider"
	"aws-access-guardrails/policy"
)

const (
	home  = "111122223333"
	other = "444455556666"
	tokyo = "ap-northeast-1"
	read  = `{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`
)

// trust is a trust policy for the account itself.
const trust = `{"Version":"2012-10-17","Statement":[{"Sid":"Trust","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}`

type props = map[string]any

// world is a cloud with a server of its providers.
type world struct {
	t      *testing.T
	cloud  *cloud.Cloud
	server *provider.Server
}

func newWorld(t *testing.T, faults *api.Faults) *world {
	t.Helper()
	return newWorldOf(
		t,
		"aws",
		provider.Credentials{Ambient: home, Profiles: map[string]string{"other": other}},
		faults,
	)
}

func newWorldOf(t *testing.T, pkg string, credentials provider.Credentials, faults *api.Faults) *world {
	t.Helper()
	c, err := cloud.Open("", func() time.Time { return time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC) })
	require.NoError(t, err)
	require.NoError(t, c.AddAccount(home, policy.AWS))
	require.NoError(t, c.AddAccount(other, policy.AWS))
	s, err := provider.Serve(pkg, provider.Options{Cloud: c, Credentials: credentials, Faults: faults})
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, s.Close())
		require.NoError(t, c.Close())
	})
	return &world{t, c, s}
}

// engine is one provider of a program, over a connection of its own as the real engine has it.
type engine struct {
	t      *testing.T
	client pulumirpc.ResourceProviderClient
}

func (w *world) dial() *engine {
	w.t.Helper()
	conn, err := grpc.NewClient(
		fmt.Sprintf("127.0.0.1:%d", w.server.Port),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
	)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { require.NoError(w.t, conn.Close()) })
	e := &engine{w.t, pulumirpc.NewResourceProviderClient(conn)}
	_, err = e.client.Attach(context.Background(), &pulumirpc.PluginAttach{Address: "127.0.0.1:1"})
	require.NoError(w.t, err)
	return e
}

// configured is an engine whose provider has the settings; nested ones are given as Go values.
func (w *world) configured(settings props) *engine {
	w.t.Helper()
	e := w.dial()
	require.NoError(w.t, e.configure(settings))
	return e
}

// engine is a provider of the account of the ambient credentials in Tokyo.
func (w *world) engine() *engine { return w.configured(props{"region": tokyo}) }

func (e *engine) configure(settings props) error {
	inputs := props{}
	for key, value := range settings {
		text, ok := value.(string)
		if !ok {
			raw, err := json.Marshal(value)
			require.NoError(e.t, err)
			text = string(raw)
		}
		inputs[key] = text
	}
	_, err := e.client.Configure(context.Background(), &pulumirpc.ConfigureRequest{Args: e.pack(inputs)})
	return err
}

// made is a resource in the engine's state.
type made struct {
	token, name, id string
	inputs, outputs *structpb.Struct
}

func (m *made) out(key string) any { return m.outputs.AsMap()[key] }

func urn(token, name string) string { return "urn:pulumi:dev::p::" + token + "::" + name }

func (e *engine) pack(p props) *structpb.Struct {
	e.t.Helper()
	s, err := plugin.MarshalProperties(resource.NewPropertyMapFromMap(p), plugin.MarshalOptions{KeepUnknowns: true})
	require.NoError(e.t, err)
	return s
}

// check returns the checked inputs and the reasons of refused ones.
func (e *engine) check(token, name string, olds *structpb.Struct, in props) (*structpb.Struct, []string, error) {
	response, err := e.client.Check(context.Background(), &pulumirpc.CheckRequest{
		Urn: urn(token, name), Olds: olds, News: e.pack(in), RandomSeed: []byte("seed"),
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

// create checks and creates, as an update does.
func (e *engine) create(token, name string, in props) (*made, error) {
	inputs, reasons, err := e.check(token, name, nil, in)
	if err != nil {
		return nil, err
	}
	require.Empty(e.t, reasons)
	response, err := e.client.Create(
		context.Background(),
		&pulumirpc.CreateRequest{Urn: urn(token, name), Properties: inputs},
	)
	if err != nil {
		return nil, err
	}
	return &made{token, name, response.Id, inputs, response.Properties}, nil
}

func (e *engine) mustCreate(token, name string, in props) *made {
	e.t.Helper()
	m, err := e.create(token, name, in)
	require.NoError(e.t, err)
	return m
}

// diff compares a resource with new inputs.
func (e *engine) diff(m *made, in props, ignore ...string) *pulumirpc.DiffResponse {
	e.t.Helper()
	inputs, reasons, err := e.check(m.token, m.name, m.inputs, in)
	require.NoError(e.t, err)
	require.Empty(e.t, reasons)
	response, err := e.client.Diff(context.Background(), &pulumirpc.DiffRequest{
		Id: m.id, Urn: urn(m.token, m.name), Olds: m.outputs, OldInputs: m.inputs, News: inputs, IgnoreChanges: ignore,
	})
	require.NoError(e.t, err)
	return response
}

// update updates a resource in place.
func (e *engine) update(m *made, in props) error {
	e.t.Helper()
	inputs, reasons, err := e.check(m.token, m.name, m.inputs, in)
	require.NoError(e.t, err)
	require.Empty(e.t, reasons)
	response, err := e.client.Update(context.Background(), &pulumirpc.UpdateRequest{
		Id: m.id, Urn: urn(m.token, m.name), Olds: m.outputs, OldInputs: m.inputs, News: inputs,
	})
	if err != nil {
		return err
	}
	m.inputs, m.outputs = inputs, response.Properties
	return nil
}

// refresh reads a resource; it reports whether the resource is still there.
func (e *engine) refresh(m *made) (bool, error) {
	response, err := e.client.Read(context.Background(), &pulumirpc.ReadRequest{
		Id: m.id, Urn: urn(m.token, m.name), Properties: m.outputs, Inputs: m.inputs,
	})
	if err != nil || response.Id == "" {
		return false, err
	}
	m.inputs, m.outputs = response.Inputs, response.Properties
	return true, nil
}

// importing reads a resource by its id alone.
func (e *engine) importing(token, name, id string) (*made, error) {
	response, err := e.client.Read(context.Background(), &pulumirpc.ReadRequest{Id: id, Urn: urn(token, name)})
	if err != nil || response.Id == "" {
		return nil, err
	}
	return &made{token, name, response.Id, response.Inputs, response.Properties}, nil
}

func (e *engine) remove(m *made) error {
	_, err := e.client.Delete(context.Background(), &pulumirpc.DeleteRequest{
		Id: m.id, Urn: urn(m.token, m.name), Properties: m.outputs, OldInputs: m.inputs,
	})
	return err
}

func (e *engine) invoke(token string, args props) (map[string]any, error) {
	response, err := e.client.Invoke(context.Background(), &pulumirpc.InvokeRequest{Tok: token, Args: e.pack(args)})
	if err != nil {
		return nil, err
	}
	return response.Return.AsMap(), nil
}

// details are the details of an error of a call.
func details(err error) []any { return status.Convert(err).Details() }
