package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

// Options are what all providers of a server share.
type Options struct {
	Cloud       *cloud.Cloud
	Credentials Credentials
	// Faults go wrong between the providers and AWS, and between the engine and the providers; nil for none.
	Faults *api.Faults
	// Decider decides each call of the providers; nil lets them do everything.
	Decider api.Decider
}

// Server is the provider of one package on a port of this machine.
type Server struct {
	// Port is the TCP port on 127.0.0.1.
	Port int
	grpc *grpc.Server
	done chan error
}

// Serve starts the provider of a package, "aws" or "aws-native".
func Serve(pkg string, options Options) (*Server, error) {
	r, ok := map[string]*registry{"aws": classic(), "aws-native": native()}[pkg]
	if !ok {
		return nil, fmt.Errorf("the sandbox has no provider %q", pkg)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("sandbox provider %s: %w", pkg, err)
	}
	s := &Server{
		Port: listener.Addr().(*net.TCPAddr).Port,
		grpc: grpc.NewServer(grpc.StatsHandler(connections{}), grpc.MaxRecvMsgSize(maxMessage)),
		done: make(chan error, 1),
	}
	pulumirpc.RegisterResourceProviderServer(s.grpc, &server{Options: options, pkg: pkg, registry: r})
	go func() { s.done <- s.grpc.Serve(listener) }()
	return s, nil
}

// maxMessage is the largest message that the engine sends.
const maxMessage = 400 << 20

// Close stops the provider at once.
func (s *Server) Close() error {
	s.grpc.Stop()
	if err := <-s.done; err != nil && !errors.Is(err, grpc.ErrServerStopped) {
		return err
	}
	return nil
}

type server struct {
	pulumirpc.UnimplementedResourceProviderServer
	Options
	pkg      string
	registry *registry
}

// Attach is the first call of an engine that attaches to a provider which runs already. The engine needs nothing back.
func (s *server) Attach(context.Context, *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// Cancel asks a provider to finish early. Calls here are over before they could be cancelled.
func (s *server) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

// GetPluginInfo says which version of the real provider this one behaves like: the one that goes with the SDK of the
// programs.
func (s *server) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: s.registry.version}, nil
}

// GetSchema has nothing to say: programs in Go bring their own types.
func (s *server) GetSchema(context.Context, *pulumirpc.GetSchemaRequest) (*pulumirpc.GetSchemaResponse, error) {
	return &pulumirpc.GetSchemaResponse{Schema: fmt.Sprintf(`{"name":%q}`, s.pkg)}, nil
}

// CheckConfig refuses settings that the real provider does not have.
func (s *server) CheckConfig(_ context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	response := &pulumirpc.CheckResponse{Inputs: req.News}
	for _, key := range slices.Sorted(maps.Keys(req.News.GetFields())) {
		if !slices.Contains(s.registry.config, key) && !slices.Contains([]string{"version", "pluginDownloadURL"}, key) {
			response.Failures = append(response.Failures, &pulumirpc.CheckFailure{
				Property: key, Reason: fmt.Sprintf("%q is not a setting of the provider %s", key, s.pkg),
			})
		}
	}
	return response, nil
}

// DiffConfig never replaces a provider, as the real one does not: another account or Region shows at its resources.
func (s *server) DiffConfig(_ context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	olds, err := s.unmarshal("olds", req.Olds)
	if err != nil {
		return nil, err
	}
	news, err := s.unmarshal("news", req.News)
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}
	if !resource.PropertyMap(olds).DeepEquals(resource.PropertyMap(news)) {
		response.Changes = pulumirpc.DiffResponse_DIFF_SOME
	}
	return response, nil
}

// Configure signs the provider of this connection in.
func (s *server) Configure(ctx context.Context, req *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	inputs, err := s.unmarshal("args", req.Args)
	if err != nil {
		return nil, err
	}
	read, err := readSettings(s.pkg, inputs)
	if err != nil {
		return nil, problem(err)
	}
	if read.Region == "" {
		missing := &pulumirpc.ConfigureErrorMissingKeys{MissingKeys: []*pulumirpc.ConfigureErrorMissingKeys_MissingKey{
			{
				Name:        s.pkg + ":region",
				Description: "The region where AWS operations will take place. Examples are us-east-1, us-west-2, etc.",
			},
		}}
		return nil, rpcerror.WithDetails(
			rpcerror.New(codes.InvalidArgument, "required configuration keys were missing"),
			missing,
		)
	}
	opened, err := open(s.Options, read)
	if err != nil {
		return nil, problem(err)
	}
	connection := connectionOf(ctx)
	connection.mu.Lock()
	defer connection.mu.Unlock()
	connection.session = opened
	return &pulumirpc.ConfigureResponse{SupportsPreview: true}, nil
}

func (s *server) unmarshal(label string, in *structpb.Struct) (schema.Values, error) {
	m, err := plugin.UnmarshalProperties(in, plugin.MarshalOptions{Label: label, KeepUnknowns: true, SkipNulls: true})
	return schema.Values(m), err
}

func (s *server) marshal(label string, v schema.Values) (*structpb.Struct, error) {
	return plugin.MarshalProperties(
		resource.PropertyMap(v),
		plugin.MarshalOptions{Label: label, KeepUnknowns: true, SkipNulls: true},
	)
}
