package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"aws-access-guardrails/internal/sandbox"
	"aws-access-guardrails/internal/testkit/tier"
	"aws-access-guardrails/internal/workspace/exit"
	"aws-access-guardrails/internal/workspace/result"
	"aws-access-guardrails/internal/workspace/sandboxhome"
)

// memory is a provider that keeps resources by name, accepts any property, and replaces a resource when its path
// changes.
type memory struct {
	pulumirpc.UnimplementedResourceProviderServer
	port int

	mu   sync.Mutex
	held map[string]*structpb.Struct
	// refuse gives the error for creating a name, and after whether the name is created all the same.
	refuse map[string]error
	after  bool
	// creating is called before a resource is created.
	creating func(ctx context.Context, name string, properties *structpb.Struct)
}

func newMemory(t *testing.T) *memory {
	t.Helper()
	m := &memory{held: map[string]*structpb.Struct{}, refuse: map[string]error{}}
	cancel := make(chan bool)
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Cancel: cancel, Init: func(s *grpc.Server) error {
		pulumirpc.RegisterResourceProviderServer(s, m)
		return nil
	}})
	require.NoError(t, err)
	t.Cleanup(func() { close(cancel); <-handle.Done })
	m.port = handle.Port
	return m
}

func (m *memory) DebugProviders() string { return fmt.Sprintf("aws:%d", m.port) }
func (m *memory) Endpoint() string       { return "" }
func (m *memory) Close() error           { return nil }

func (m *memory) Attach(context.Context, *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (m *memory) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: "6.83.2"}, nil
}

func (m *memory) CheckConfig(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: r.GetNews()}, nil
}

func (m *memory) DiffConfig(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	return &pulumirpc.DiffResponse{}, nil
}

func (m *memory) Configure(context.Context, *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	return &pulumirpc.ConfigureResponse{}, nil
}

func (m *memory) Check(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: r.GetNews()}, nil
}

func (m *memory) Diff(_ context.Context, r *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	d := &pulumirpc.DiffResponse{Changes: pulumirpc.DiffResponse_DIFF_NONE}
	for key, value := range r.GetNews().GetFields() {
		if old := r.GetOlds().GetFields()[key]; old.String() != value.String() {
			d.Changes = pulumirpc.DiffResponse_DIFF_SOME
			d.Diffs = append(d.Diffs, key)
			if key == "path" {
				d.Replaces, d.DeleteBeforeReplace = append(d.Replaces, key), true
			}
		}
	}
	return d, nil
}

func (m *memory) Create(ctx context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	name := r.GetProperties().GetFields()["name"].GetStringValue()
	if r.GetPreview() {
		return &pulumirpc.CreateResponse{Properties: r.GetProperties()}, nil
	}
	if m.creating != nil {
		m.creating(ctx, name, r.GetProperties())
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held[name] != nil {
		return nil, fmt.Errorf(
			"creating IAM User (%s): https response error StatusCode: 409, EntityAlreadyExists",
			name,
		)
	}
	if err := m.refuse[name]; err != nil {
		if m.after {
			m.held[name] = r.GetProperties()
		}
		return nil, err
	}
	m.held[name] = r.GetProperties()
	return &pulumirpc.CreateResponse{Id: name, Properties: r.GetProperties()}, nil
}

func (m *memory) Read(_ context.Context, r *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	held := m.held[r.GetId()]
	if held == nil {
		return &pulumirpc.ReadResponse{}, nil
	}
	return &pulumirpc.ReadResponse{Id: r.GetId(), Properties: held, Inputs: held}, nil
}

func (m *memory) Update(_ context.Context, r *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	if r.GetPreview() {
		return &pulumirpc.UpdateResponse{Properties: r.GetNews()}, nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held[r.GetId()] = r.GetNews()
	return &pulumirpc.UpdateResponse{Properties: r.GetNews()}, nil
}

func (m *memory) Delete(_ context.Context, r *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.held, r.GetId())
	return &emptypb.Empty{}, nil
}

func (m *memory) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (m *memory) names() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.held))
}

// user is what a test's program registers.
type user struct {
	name, path, email string
	retain            bool
}

// users is a program that registers users and nothing else.
func users(list *[]user) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		for _, u := range *list {
			args := &iam.UserArgs{
				Name: pulumi.String(u.name),
				Path: pulumi.String(u.path),
				Tags: pulumi.StringMap{"Email": pulumi.String(u.email)},
			}
			if _, err := iam.NewUser(ctx, "user-"+u.name, args, pulumi.RetainOnDelete(u.retain)); err != nil {
				return err
			}
		}
		return nil
	}
}

func withUsers(t *testing.T) (*Workspace, *memory, *[]user) {
	t.Helper()
	w := newFixture(t).workspace(t)
	aws, list := newMemory(t), &[]user{}
	w.parts.run = anywhere(users(list))
	w.parts.provide = func(context.Context, sandbox.Options) (provider, error) { return aws, nil }
	return w, aws, list
}

// A plan and a run name each resource with what happens to it, and what is kept on purpose is told apart from what is
// deleted.
func TestChangesOfRealResourcesAreNamed(t *testing.T) {
	t.Parallel()
	w, aws, list := withUsers(t)
	*list = []user{
		{name: "alice", path: "/"},
		{name: "bob", path: "/"},
		{name: "carol", path: "/"},
		{name: "dave", path: "/", retain: true},
	}
	_, err := w.Run(t.Context(), result.Up, "dev")
	require.NoError(t, err)

	*list = []user{
		{name: "alice", path: "/"},
		{name: "bob", path: "/", email: "b@example.com"},
		{name: "carol", path: "/x/"},
		{name: "erin", path: "/"},
	}
	for _, operation := range []result.Operation{result.Preview, result.Up} {
		summary, err := w.Run(t.Context(), operation, "dev")
		require.NoError(t, err)
		r := summary.Stacks[0]
		assert.Equal(t, operation == result.Preview, r.Planned)
		assert.Equal(t, 1, r.Same)
		got := map[string]result.Op{}
		for _, c := range r.Changes {
			assert.Equal(t, "aws:iam/user:User", c.Type)
			got[c.Name] = c.Op
			switch c.Op {
			case result.Update:
				assert.Equal(t, []string{"tags"}, c.Properties)
			case result.Replace:
				assert.Equal(t, []string{"path"}, c.Properties)
			}
		}
		assert.Equal(
			t,
			map[string]result.Op{
				"user-bob":   result.Update,
				"user-carol": result.Replace,
				"user-dave":  result.Retain,
				"user-erin":  result.Create,
			},
			got,
		)
	}
	assert.Equal(t, []string{"alice", "bob", "carol", "dave", "erin"}, aws.names())
}

// A resource that AWS refuses is named with AWS's words; what went before it stays, and the next run goes on from
// there.
func TestAFailedUpNamesTheResourceAndGoesOn(t *testing.T) {
	t.Parallel()
	w, aws, list := withUsers(t)
	*list = []user{{name: "alice", path: "/"}, {name: "bob", path: "/"}}
	aws.refuse["bob"] = fmt.Errorf("creating IAM User (bob): LimitExceeded: no more users")
	summary, err := w.Run(t.Context(), result.Up, "dev")
	require.ErrorContains(t, err, "iam.User user-bob: ")
	require.ErrorContains(t, err, "LimitExceeded: no more users")
	assert.Equal(t, exit.Failed, exit.StatusOf(err))
	require.Len(t, summary.Stacks, 1)
	assert.Equal(t, []string{"user-bob"}, names(summary.Stacks[0].Failures, result.Create))
	assert.Equal(t, []string{"user-alice"}, names(summary.Stacks[0].Changes, result.Create))
	t.Log(err)

	delete(aws.refuse, "bob")
	summary, err = w.Run(t.Context(), result.Up, "dev")
	require.NoError(t, err)
	assert.Equal(t, []string{"user-bob"}, names(summary.Stacks[0].Changes, result.Create))
}

// A creation that failed although AWS carried it out is finished by the next run; one that AWS refused is simply
// tried again, and is never taken for made: if the name is there, it is somebody else's.
func TestACreationOfUnknownOutcomeIsSettledByTheNextRun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err    string
		after  bool
		theirs bool
	}{
		"carried out, then an error": {err: "https response error StatusCode: 500, ServiceFailure", after: true},
		"an error, not carried out":  {err: "https response error StatusCode: 500, ServiceFailure"},
		"the connection broke":       {err: "connection reset by peer", after: true},
		"refused":                    {err: "https response error StatusCode: 409, EntityAlreadyExists", theirs: true},
	} {
		t.Run(name, func(t *testing.T) {
			if name != "carried out, then an error" {
				tier.Long(t)
			}
			w, aws, list := withUsers(t)
			*list = []user{{name: "alice", path: "/"}, {name: "bob", path: "/"}}
			aws.refuse["bob"], aws.after = errors.New("creating IAM User (bob): "+c.err), c.after
			_, err := w.Run(t.Context(), result.Up, "dev")
			require.ErrorContains(t, err, c.err)

			delete(aws.refuse, "bob")
			if c.theirs {
				// Even when it looks exactly like ours.
				aws.held["bob"] = aws.held["alice"]
				_, err = w.Run(t.Context(), result.Up, "dev")
				require.ErrorContains(t, err, "EntityAlreadyExists")
				return
			}
			_, err = w.Run(t.Context(), result.Up, "dev")
			require.NoError(t, err)
			assert.Equal(t, []string{"alice", "bob"}, aws.names())
			summary, err := w.Run(t.Context(), result.Preview, "dev")
			require.NoError(t, err)
			assert.Empty(t, summary.Stacks[0].Changes)
		})
	}
}

// killEngine ends the engine of the sandbox as a power cut would.
func killEngine(t *testing.T, w *Workspace, cache string) {
	dir, err := sandboxhome.SandboxDir(cache, w.folder)
	require.NoError(t, err)
	require.NoError(
		t,
		filepath.WalkDir(
			filepath.Join(dir, "backend", ".pulumi", "locks"),
			func(path string, entry os.DirEntry, err error) error {
				if err != nil || filepath.Ext(path) != ".json" {
					return err
				}
				data, err := os.ReadFile(path)
				require.NoError(t, err)
				var lock struct{ PID int }
				require.NoError(t, json.Unmarshal(data, &lock))
				require.Positive(t, lock.PID)
				return syscall.Kill(lock.PID, syscall.SIGKILL)
			},
		),
	)
}

// A run that is killed while AWS creates a resource is finished by running it again. What AWS has made by then, and
// the state never heard of, is taken into it; what AWS has not made is made. A resource of somebody else's with the
// same name is not taken: AWS refuses as ever.
func TestAKilledRunIsFinishedByRunningItAgain(t *testing.T) {
	t.Parallel()
	made := func(properties *structpb.Struct) *structpb.Struct { return properties }
	for name, c := range map[string]struct {
		// there is what AWS holds under bob's name when the engine is killed.
		there   func(properties *structpb.Struct) *structpb.Struct
		refused bool
	}{
		"made":             {there: made},
		"not made":         {there: func(*structpb.Struct) *structpb.Struct { return nil }},
		"somebody else's ": {there: func(*structpb.Struct) *structpb.Struct { return foreign("bob") }, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			if name != "made" {
				tier.Long(t)
			}
			w, aws, list := withUsers(t)
			*list = []user{{name: "alice", path: "/"}, {name: "bob", path: "/"}, {name: "carol", path: "/"}}
			aws.creating = func(ctx context.Context, name string, properties *structpb.Struct) {
				if name != "bob" {
					return
				}
				if there := c.there(properties); there != nil {
					aws.mu.Lock()
					aws.held[name] = there
					aws.mu.Unlock()
				}
				killEngine(t, w, w.options.Cache)
				<-ctx.Done()
			}
			_, err := w.Run(t.Context(), result.Up, "dev")
			require.ErrorContains(t, err, "killed")
			assert.Equal(t, exit.Failed, exit.StatusOf(err))

			aws.creating = nil
			_, err = w.Run(t.Context(), result.Up, "dev")
			if c.refused {
				require.ErrorContains(t, err, "EntityAlreadyExists")
				_, err = w.Run(t.Context(), result.Destroy, "dev")
				require.NoError(t, err)
				assert.Equal(t, []string{"bob"}, aws.names(), "what is somebody else's is not deleted either")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, []string{"alice", "bob", "carol"}, aws.names())

			summary, err := w.Run(t.Context(), result.Preview, "dev")
			require.NoError(t, err)
			assert.Empty(t, summary.Stacks[0].Changes)
			_, err = w.Run(t.Context(), result.Destroy, "dev")
			require.NoError(t, err)
			assert.Empty(t, aws.names())
		})
	}
}

// foreign is a user that somebody else made.
func foreign(name string) *structpb.Struct {
	return &structpb.Struct{Fields: map[string]*structpb.Value{
		"name": structpb.NewStringValue(name), "path": structpb.NewStringValue("/theirs/"),
	}}
}
