package mocks

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Project and Stack are what recorded programs run as.
const (
	Project = "guardrails"
	Stack   = "dev"
)

// Recorder answers a program in place of the engine and remembers what was asked. It is safe for concurrent use.
type Recorder struct {
	setup setup

	mu        sync.Mutex
	resources []Resource
	calls     []Call
	outputs   int
	// misordered says which resources wait for components.
	misordered error
}

// Call is a function of a provider that the program called.
type Call struct {
	Token    string
	Provider string
	Args     resource.PropertyMap
}

type setup struct {
	config    map[string]string
	preview   bool
	account   string
	partition string
	region    string
	project   string
	root      string
	failures  []failure
	answers   map[string]resource.PropertyMap
	answer    func(pulumi.MockCallArgs) (resource.PropertyMap, bool)
	delay     func(typ, name string)
	refusals  map[string]error
}

type failure struct {
	typ, name string
	err       error
}

// Option changes how a program is run.
type Option func(*setup)

// Config gives the program its configuration, by whole keys such as "guardrails:users".
func Config(values map[string]string) Option {
	return func(s *setup) { s.config = maps.Clone(values) }
}

// Preview runs the program as a preview.
func Preview() Option { return func(s *setup) { s.preview = true } }

// In runs the program as one of the project whose folder is root.
func In(project, root string) Option {
	return func(s *setup) { s.project, s.root = project, root }
}

// Answer gives a function of a provider its answer.
func Answer(token string, answer resource.PropertyMap) Option {
	return func(s *setup) {
		if s.answers == nil {
			s.answers = map[string]resource.PropertyMap{}
		}
		s.answers[token] = answer
	}
}

// Refuse makes a function of a provider fail.
func Refuse(token string, err error) Option {
	return func(s *setup) {
		if s.refusals == nil {
			s.refusals = map[string]error{}
		}
		s.refusals[token] = err
	}
}

// Account sets the account, partition and Region that AWS answers with. The default is 111122223333, aws and
// ap-northeast-1.
func Account(id, partition, region string) Option {
	return func(s *setup) { s.account, s.partition, s.region = id, partition, region }
}

// Fail makes the registration of a type fail; of the resource with that name alone, unless name is empty.
func Fail(typ, name string, err error) Option {
	return func(s *setup) { s.failures = append(s.failures, failure{typ, name, err}) }
}

// AnswerAll answers functions of providers; what it does not answer, the other options do.
func AnswerAll(answer func(pulumi.MockCallArgs) (resource.PropertyMap, bool)) Option {
	return func(s *setup) { s.answer = answer }
}

// Delay calls a function before every registration, in the registration's own time: what depends on it waits until
// the function returns.
func Delay(delay func(typ, name string)) Option {
	return func(s *setup) { s.delay = delay }
}

// Run runs the program and returns what it registered, whether it failed or not. An error of the program can be
// reached with errors.As; an error of a registration only by its text, because it comes back from the engine as text.
func Run(program pulumi.RunFunc, options ...Option) (*Recorder, error) {
	r := &Recorder{setup: setup{account: "111122223333", partition: "aws", region: "ap-northeast-1", project: Project}}
	for _, option := range options {
		option(&r.setup)
	}
	err := pulumi.RunErr(r.watched(program), pulumi.WithMocks(r.setup.project, Stack, r), func(info *pulumi.RunInfo) {
		info.RootDirectory = r.setup.root
		info.Config = maps.Clone(r.setup.config)
		info.DryRun = r.setup.preview
	})
	return r, errors.Join(err, r.misordered)
}

// watched is the program, of which every registration that is told to wait for a component is an error. Pulumi takes
// a component for those of its children that are registered at that moment, so such an order holds by luck.
func (r *Recorder) watched(program pulumi.RunFunc) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		err := ctx.RegisterStackTransformation(
			func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
				given, err := pulumi.NewResourceOptions(args.Opts...)
				if err != nil {
					return nil
				}
				r.watch(args, given.DependsOn)
				for _, later := range given.DependsOnInputs {
					later.ToResourceArrayOutput().ApplyT(func(dependencies []pulumi.Resource) bool {
						r.watch(args, dependencies)
						return true
					})
				}
				return nil
			},
		)
		if err != nil {
			return err
		}
		return program(ctx)
	}
}

// watch notes every component that a registration waits for.
func (r *Recorder) watch(args *pulumi.ResourceTransformationArgs, dependencies []pulumi.Resource) {
	for _, dependency := range dependencies {
		if _, custom := dependency.(pulumi.CustomResource); !custom {
			r.misorder(
				fmt.Errorf(
					"%s %s waits for the component %T, not for custom resources",
					args.Type,
					args.Name,
					dependency,
				),
			)
		}
	}
}

func (r *Recorder) misorder(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.misordered = errors.Join(r.misordered, err)
}

// NewResource records a registration. It implements pulumi.MockResourceMonitor.
func (r *Recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	recorded := record(args)
	if r.setup.delay != nil {
		r.setup.delay(recorded.Type, recorded.Name)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range r.setup.failures {
		if f.typ == recorded.Type && cmp.Or(f.name, recorded.Name) == recorded.Name {
			return "", nil, f.err
		}
	}
	id, state := r.created(recorded)
	recorded.ID = id
	r.resources = append(r.resources, recorded)
	return id, state, nil
}

// Call answers what AWS's provider would. It implements pulumi.MockResourceMonitor.
func (r *Recorder) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, Call{Token: args.Token, Provider: args.Provider, Args: args.Args.Copy()})
	switch args.Token {
	case "aws:index/getCallerIdentity:getCallerIdentity":
		return properties(map[string]string{
			"accountId": r.setup.account, "id": r.setup.account, "userId": "AIDAEXAMPLE",
			"arn": fmt.Sprintf("arn:%s:iam::%s:role/GuardrailDeployer", r.setup.partition, r.setup.account),
		}), nil
	case "aws:index/getPartition:getPartition":
		return properties(map[string]string{"partition": r.setup.partition, "id": r.setup.partition}), nil
	case "aws:index/getRegion:getRegion":
		return properties(map[string]string{"name": r.setup.region, "id": r.setup.region}), nil
	}
	if r.setup.answer != nil {
		if answer, given := r.setup.answer(args); given {
			return answer, nil
		}
	}
	if err := r.setup.refusals[args.Token]; err != nil {
		return nil, err
	}
	if answer, given := r.setup.answers[args.Token]; given {
		return answer, nil
	}
	if args.Token == "aws:ssm/getDocument:getDocument" {
		return nil, errors.New("InvalidDocument: nothing is deployed")
	}
	return nil, fmt.Errorf("the recorder has no answer for %s", args.Token)
}

// RegisterResourceOutputs counts components, and the stack itself, that registered their outputs.
func (r *Recorder) RegisterResourceOutputs() (*emptypb.Empty, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outputs++
	return &emptypb.Empty{}, nil
}

// Resources are the resources registered, sorted by URN, components and providers included.
func (r *Recorder) Resources() []Resource {
	r.mu.Lock()
	defer r.mu.Unlock()
	sorted := slices.Clone(r.resources)
	slices.SortStableFunc(sorted, func(a, b Resource) int { return cmp.Compare(a.URN, b.URN) })
	return sorted
}

// Sequence are the URNs of the resources in the order in which they were made.
func (r *Recorder) Sequence() []resource.URN {
	r.mu.Lock()
	defer r.mu.Unlock()
	var urns []resource.URN
	for _, x := range r.resources {
		urns = append(urns, x.URN)
	}
	return urns
}

// OfType are the resources of a type, sorted by URN.
func (r *Recorder) OfType(typ string) []Resource {
	return slices.DeleteFunc(r.Resources(), func(x Resource) bool { return x.Type != typ })
}

// Named is the resource of a type and name, and whether there is one.
func (r *Recorder) Named(typ, name string) (Resource, bool) {
	for _, x := range r.OfType(typ) {
		if x.Name == name {
			return x, true
		}
	}
	return Resource{}, false
}

// Calls are the provider functions called, in the order in which they came.
func (r *Recorder) Calls() []Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.calls)
}

// OutputsRegistered is how many components, the stack among them, registered their outputs.
func (r *Recorder) OutputsRegistered() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.outputs
}

func urn(parent resource.URN, typ, name string) resource.URN {
	parentType := tokens.Type("")
	if parent != "" && parent.QualifiedType() != resource.RootStackType {
		parentType = parent.QualifiedType()
	}
	return resource.NewURN(Stack, Project, parentType, tokens.Type(typ), name)
}

func properties(values map[string]string) resource.PropertyMap {
	out := resource.PropertyMap{}
	for key, value := range values {
		out[resource.PropertyKey(key)] = resource.NewProperty(value)
	}
	return out
}
