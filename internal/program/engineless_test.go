package program

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/structpb"

	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/stack"
)

// engineless stands in for the engine: what the program registers is checked and made by the providers of a sandbox
// at once, and nothing is remembered.
type engineless struct {
	t     *testing.T
	ports map[string]string

	mu        sync.Mutex
	providers map[string]pulumirpc.ResourceProviderClient
	conns     []*grpc.ClientConn
}

// deployWithoutEngine runs the part of the program that makes things, for a stack that was read, in a sandbox. The
// error is that of the first resource that a provider refuses.
func deployWithoutEngine(t *testing.T, stack *stack.Stack, o sandbox.Options) error {
	t.Helper()
	o.Stack, o.Account, o.Partition = stack.Name, stack.Account.ID, stack.Account.Partition
	server, err := sandbox.Start(t.Context(), o)
	require.NoError(t, err)
	defer func() { require.NoError(t, server.Close()) }()
	e := &engineless{t: t, ports: map[string]string{}, providers: map[string]pulumirpc.ResourceProviderClient{}}
	for _, pair := range strings.Split(server.DebugProviders(), ",") {
		pkg, port, _ := strings.Cut(pair, ":")
		e.ports[pkg] = port
	}
	defer e.close()
	return pulumi.RunErr(func(ctx *pulumi.Context) error {
		providers, err := newProviders(ctx, stack)
		if err != nil {
			return err
		}
		if err := verifyAccount(ctx, stack, providers.home); err != nil {
			return err
		}
		return create(ctx, stack, providers, nil)
	}, pulumi.WithMocks("guardrails", stack.Name, e))
}

func (e *engineless) close() {
	for _, conn := range e.conns {
		_ = conn.Close()
	}
}

// NewResource makes a resource. It implements pulumi.MockResourceMonitor.
func (e *engineless) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	if pkg, found := strings.CutPrefix(args.TypeToken, "pulumi:providers:"); found {
		return args.Name, args.Inputs, e.configure(pkg, args.Name, args.Inputs)
	}
	if args.RegisterRPC != nil && !args.RegisterRPC.Custom {
		return "", args.Inputs, nil
	}
	client, err := e.providerOf(args.Provider)
	if err != nil {
		return "", nil, err
	}
	urn := "urn:pulumi:dev::guardrails::" + args.TypeToken + "::" + args.Name
	inputs, err := packed(args.Inputs)
	if err != nil {
		return "", nil, err
	}
	checked, err := client.Check(
		context.Background(),
		&pulumirpc.CheckRequest{Urn: urn, News: inputs, RandomSeed: []byte("seed")},
	)
	if err != nil {
		return "", nil, err
	}
	if len(checked.Failures) > 0 {
		return "", nil, fmt.Errorf(
			"the provider refuses %s of %s: %s",
			checked.Failures[0].Property,
			args.Name,
			checked.Failures[0].Reason,
		)
	}
	made, err := client.Create(context.Background(), &pulumirpc.CreateRequest{Urn: urn, Properties: checked.Inputs})
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", args.Name, err)
	}
	outputs, err := plugin.UnmarshalProperties(made.Properties, plugin.MarshalOptions{KeepSecrets: false})
	return made.Id, outputs, err
}

// Call calls a function of a provider. It implements pulumi.MockResourceMonitor.
func (e *engineless) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	client, err := e.providerOf(args.Provider)
	if err != nil {
		return nil, err
	}
	given, err := packed(args.Args)
	if err != nil {
		return nil, err
	}
	answer, err := client.Invoke(context.Background(), &pulumirpc.InvokeRequest{Tok: args.Token, Args: given})
	if err != nil {
		return nil, err
	}
	return plugin.UnmarshalProperties(answer.Return, plugin.MarshalOptions{})
}

func (e *engineless) providerOf(reference string) (pulumirpc.ResourceProviderClient, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	client, known := e.providers[reference[strings.LastIndex(reference, "::")+2:]]
	if !known {
		return nil, fmt.Errorf("no provider %q", reference)
	}
	return client, nil
}

// configure connects to the provider of the package; nested settings travel as JSON.
func (e *engineless) configure(pkg, name string, inputs resource.PropertyMap) error {
	conn, err := grpc.NewClient("127.0.0.1:"+e.ports[pkg], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	client := pulumirpc.NewResourceProviderClient(conn)
	if _, attachErr := client.Attach(
		context.Background(),
		&pulumirpc.PluginAttach{Address: "127.0.0.1:1"},
	); attachErr != nil {
		return attachErr
	}
	settings := resource.PropertyMap{}
	for key, value := range inputs {
		for value.IsSecret() {
			value = value.SecretValue().Element
		}
		if !value.IsString() {
			raw, marshalErr := json.Marshal(value.Mappable())
			if marshalErr != nil {
				return marshalErr
			}
			value = resource.NewProperty(string(raw))
		}
		settings[key] = value
	}
	given, err := packed(settings)
	if err != nil {
		return err
	}
	if _, err := client.Configure(context.Background(), &pulumirpc.ConfigureRequest{Args: given}); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.providers[name], e.conns = client, append(e.conns, conn)
	return nil
}

func packed(m resource.PropertyMap) (*structpb.Struct, error) {
	return plugin.MarshalProperties(m, plugin.MarshalOptions{KeepUnknowns: true})
}
