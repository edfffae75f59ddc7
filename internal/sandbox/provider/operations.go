package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"aws-access-guardrails/internal/awstype"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/provider/resources"
	"aws-access-guardrails/internal/sandbox/provider/schema"
)

// session is the session of the connection that a call came in on.
func (s *server) session(ctx context.Context) (*resources.Session, error) {
	connection := connectionOf(ctx)
	connection.mu.Lock()
	defer connection.mu.Unlock()
	if connection.session == nil {
		return nil, status.Error(codes.FailedPrecondition, "the provider is not configured")
	}
	return connection.session, nil
}

// typeOf finds the type of a resource by its URN and the session of the call.
func (s *server) typeOf(ctx context.Context, urn, operation string) (*resources.Type, *resources.Session, error) {
	token := string(resource.URN(urn).Type())
	t, ok := s.registry.types[token]
	if !ok {
		return nil, nil, status.Errorf(codes.NotFound, "unrecognized resource type (%s): %s (sandbox: it knows %s)",
			operation, token, strings.Join(slices.Sorted(maps.Keys(s.registry.types)), ", "))
	}
	session, err := s.session(ctx)
	return t, session, err
}

// Check checks the inputs of a resource.
func (s *server) Check(ctx context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	t, session, err := s.typeOf(ctx, req.Urn, "Check")
	if err != nil {
		return nil, err
	}
	olds, err := s.unmarshal("olds", req.Olds)
	if err != nil {
		return nil, err
	}
	news, err := s.unmarshal("news", req.News)
	if err != nil {
		return nil, err
	}
	c := t.Check(session, resource.URN(req.Urn).Name(), req.RandomSeed, olds, news)
	inputs, err := s.marshal("inputs", c.Inputs)
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.CheckResponse{Inputs: inputs}
	for _, f := range c.Failures {
		response.Failures = append(
			response.Failures,
			&pulumirpc.CheckFailure{Property: string(f.Property), Reason: f.Reason},
		)
	}
	return response, nil
}

// Diff compares the state of a resource with new inputs.
func (s *server) Diff(ctx context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	t, _, err := s.typeOf(ctx, req.Urn, "Diff")
	if err != nil {
		return nil, err
	}
	state, err := s.unmarshal("olds", req.Olds)
	if err != nil {
		return nil, err
	}
	news, err := s.unmarshal("news", req.News)
	if err != nil {
		return nil, err
	}
	return t.Diff(state, news, req.IgnoreChanges).Response(), nil
}

// Create makes a resource, or says in a preview what it would be.
func (s *server) Create(ctx context.Context, req *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	t, session, err := s.typeOf(ctx, req.Urn, "Create")
	if err != nil {
		return nil, err
	}
	inputs, err := s.unmarshal("properties", req.Properties)
	if err != nil {
		return nil, err
	}
	if req.Preview {
		properties, planErr := s.marshal("properties", t.Planned("", nil, inputs, schema.Difference{}))
		return &pulumirpc.CreateResponse{Properties: properties}, planErr
	}
	session, complete := session.During(t.Token, awstype.Create)
	id, err := t.Create(ctx, session, inputs)
	if id == "" {
		return nil, problem(err)
	}
	var read schema.Values
	if err == nil {
		read, err = t.Read(ctx, session, id, inputs)
	}
	if err == nil && read == nil {
		err = errors.New("the resource was not found after it was made")
	}
	if err == nil {
		err = complete()
	}
	state, marshalErr := s.marshal("properties", outputs(id, inputs, read))
	if marshalErr != nil {
		return nil, marshalErr
	}
	if err != nil {
		return nil, s.unfinished(id, state, req.Properties, err)
	}
	if err := s.reply("Create "+t.Token, resource.URN(req.Urn).Name()); err != nil {
		return nil, err
	}
	return &pulumirpc.CreateResponse{Id: id, Properties: state}, nil
}

// Read reads a resource for a refresh, or by its id alone for an import.
func (s *server) Read(ctx context.Context, req *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	t, session, err := s.typeOf(ctx, req.Urn, "Read")
	if err != nil {
		return nil, err
	}
	state, err := s.unmarshal("properties", req.Properties)
	if err != nil {
		return nil, err
	}
	oldInputs, err := s.unmarshal("inputs", req.Inputs)
	if err != nil {
		return nil, err
	}
	id := req.Id
	if len(state) == 0 && len(oldInputs) == 0 {
		if state, id, err = t.Adopt(id); err != nil {
			return nil, problem(err)
		}
	}
	session, complete := session.During(t.Token, awstype.Read)
	read, err := t.Read(ctx, session, id, state)
	if err == nil && read != nil {
		err = complete()
	}
	if err != nil {
		return nil, problem(err)
	}
	if read == nil {
		return &pulumirpc.ReadResponse{}, nil
	}
	state = outputs(id, state, read)
	for key, p := range t.Schema {
		if _, ok := state[key]; !ok && len(oldInputs) == 0 && !p.Fallback.IsNull() {
			state[key] = p.Fallback
		}
	}
	properties, err := s.marshal("properties", state)
	if err != nil {
		return nil, err
	}
	inputs, err := s.marshal("inputs", t.InputsOf(oldInputs, state))
	if err != nil {
		return nil, err
	}
	return &pulumirpc.ReadResponse{Id: id, Properties: properties, Inputs: inputs}, nil
}

// Update changes a resource, or says in a preview what it would be.
func (s *server) Update(ctx context.Context, req *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	t, session, err := s.typeOf(ctx, req.Urn, "Update")
	if err != nil {
		return nil, err
	}
	state, err := s.unmarshal("olds", req.Olds)
	if err != nil {
		return nil, err
	}
	news, err := s.unmarshal("news", req.News)
	if err != nil {
		return nil, err
	}
	d := t.Diff(state, news, req.IgnoreChanges)
	if req.Preview {
		properties, marshalErr := s.marshal("properties", t.Planned(req.Id, state, news, d))
		return &pulumirpc.UpdateResponse{Properties: properties}, marshalErr
	}
	session, complete := session.During(t.Token, awstype.Update)
	if updateErr := t.Update(ctx, session, req.Id, state, news, d); updateErr != nil {
		return nil, problem(updateErr)
	}
	id := req.Id
	if t.Renamed != nil {
		id = t.Renamed(news)
	}
	read, err := t.Read(ctx, session, id, state.With(news))
	if err != nil {
		return nil, problem(err)
	}
	if read == nil {
		return nil, problem(errors.New("the resource was not found after it was updated"))
	}
	if completeErr := complete(); completeErr != nil {
		return nil, problem(completeErr)
	}
	properties, err := s.marshal("properties", outputs(id, news, read))
	if err != nil {
		return nil, err
	}
	if err := s.reply("Update "+t.Token, resource.URN(req.Urn).Name()); err != nil {
		return nil, err
	}
	return &pulumirpc.UpdateResponse{Properties: properties}, nil
}

// Delete deletes a resource.
func (s *server) Delete(ctx context.Context, req *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	t, session, err := s.typeOf(ctx, req.Urn, "Delete")
	if err != nil {
		return nil, err
	}
	state, err := s.unmarshal("properties", req.Properties)
	if err != nil {
		return nil, err
	}
	session, complete := session.During(t.Token, awstype.Delete)
	err = t.Remove(ctx, session, req.Id, state)
	if err == nil {
		err = complete()
	}
	if err != nil {
		return nil, problem(err)
	}
	if err := s.reply("Delete "+t.Token, resource.URN(req.Urn).Name()); err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, nil
}

// Invoke answers a function.
func (s *server) Invoke(ctx context.Context, req *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	f, ok := s.registry.functions[req.Tok]
	if !ok {
		return nil, status.Errorf(codes.NotFound, "unrecognized data function (Invoke): %s (sandbox: it knows %s)",
			req.Tok, strings.Join(slices.Sorted(maps.Keys(s.registry.functions)), ", "))
	}
	session, err := s.session(ctx)
	if err != nil {
		return nil, err
	}
	args, err := s.unmarshal("args", req.Args)
	if err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(args)) {
		if !slices.Contains(f.Arguments, string(key)) {
			return nil, status.Errorf(
				codes.InvalidArgument,
				"%s: an argument named %q is not expected here",
				req.Tok,
				key,
			)
		}
	}
	session, complete := session.During(req.Tok, awstype.Invoke)
	result, err := f.Answer(ctx, session, args)
	if err == nil {
		err = complete()
	}
	if err != nil {
		return nil, problem(fmt.Errorf("invoking %s: %w", req.Tok, err))
	}
	answer, err := s.marshal("return", result)
	return &pulumirpc.InvokeResponse{Return: answer}, err
}

// reply loses the answer of an operation that took effect, if a fault says so: to the engine the provider is gone.
func (s *server) reply(operation, name string) error {
	if s.Faults.Draw("", operation, name, true) == api.LostReply {
		return status.Error(codes.Unavailable, "error reading from server: EOF")
	}
	return nil
}

// problem is an error as the real provider words it.
func problem(err error) error {
	if err == nil {
		return status.Error(codes.Unknown, "the provider made no resource")
	}
	return status.Errorf(codes.Unknown, "1 error occurred:\n\t* %v\n\n", err)
}

// unfinished tells the engine that a resource exists although its creation failed.
func (s *server) unfinished(id string, state, inputs *structpb.Struct, err error) error {
	text := status.Convert(problem(err)).Message()
	return rpcerror.WithDetails(rpcerror.New(codes.Unknown, text), &pulumirpc.ErrorResourceInitFailed{
		Id: id, Properties: state, Inputs: inputs, Reasons: []string{text},
	})
}
