package endpoint

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"aws-access-guardrails/internal/sandbox/cloud"
	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/ssoadmin"
)

// Options say what answers, and how the calls of a caller are decided and disturbed.
type Options struct {
	Cloud   *cloud.Cloud
	Faults  *api.Faults
	Decider api.Decider
}

// Server answers on this machine alone.
type Server struct {
	options Options
	http    *http.Server
	address string
}

// Serve answers until Close is called.
func Serve(options Options) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("sandbox endpoint: %w", err)
	}
	s := &Server{options: options, address: "http://" + listener.Addr().String()}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.http.Serve(listener) }()
	return s, nil
}

// URL is where the AWS of an account answers: whose credentials a call has does not matter there.
func (s *Server) URL(account string) string { return s.address + "/" + account }

// Close stops answering, and ends the calls that are under way.
func (s *Server) Close() error { return s.http.Close() }

// signedIn is the Region in the signature of a call.
var signedIn = regexp.MustCompile(`Credential=[^/]+/[0-9]{8}/([a-z0-9-]+)/`)

// ServeHTTP answers one call in version 1.1 of AWS's JSON protocol.
// Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html.
func (s *Server) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	target := request.Header.Get("X-Amz-Target")
	operation := operations[target[strings.LastIndexByte(target, '.')+1:]]
	caller := api.Caller{
		Account: strings.Trim(request.URL.Path, "/"),
		Faults:  s.options.Faults,
		Decider: s.options.Decider,
	}
	if found := signedIn.FindStringSubmatch(request.Header.Get("Authorization")); found != nil {
		caller.Region = found[1]
	}
	var (
		answer any
		err    error
	)
	body, readErr := io.ReadAll(io.LimitReader(request.Body, 1<<20))
	switch {
	case readErr != nil:
		err = readErr
	case operation == nil:
		err = api.Refuse(http.StatusBadRequest, "UnknownOperationException", "the sandbox does not answer %q", target)
	default:
		answer, err = operation(request.Context(), s.options.Cloud, caller, body)
	}
	write(w, answer, err)
}

// write writes an answer, or an error as AWS words one.
func write(w http.ResponseWriter, answer any, err error) {
	status := http.StatusOK
	if err != nil {
		refusal := &api.Error{
			Status:  http.StatusInternalServerError,
			Code:    "InternalServerException",
			Message: err.Error(),
		}
		errors.As(err, &refusal)
		message := refusal.Message
		if refusal.Hint != "" {
			message += " (sandbox: " + refusal.Hint + ")"
		}
		status, answer = refusal.Status, map[string]string{
			"__type":  refusal.Code,
			"Message": message,
			"message": message,
		}
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // Who asked has hung up.
}

// operation answers a call from the JSON of its arguments.
type operation func(ctx context.Context, c *cloud.Cloud, caller api.Caller, arguments []byte) (any, error)

// operations are the operations that are answered, by name.
var operations = map[string]operation{
	"ListAccountsForProvisionedPermissionSet": provisioned,
	"ListAccountAssignments":                  assigned,
	"ProvisionPermissionSet":                  provision,
	"DescribePermissionSetProvisioningStatus": provisioningStatus,
}

// asked are the arguments of a list of IAM Identity Center.
type asked struct {
	InstanceArn, PermissionSetArn, AccountId string
	ProvisioningStatus                       ssoadmin.Provisioned
	MaxResults                               *int
	NextToken                                string
}

// page is the part of a list that an answer has, and the token of the next one; at most 100 at once.
func page[T any](call asked, list []T) (part []T, next string, err error) {
	const most = 100
	size := most
	if call.MaxResults != nil {
		size = *call.MaxResults
	}
	start := 0
	if call.NextToken != "" {
		start, err = strconv.Atoi(call.NextToken)
	}
	if err != nil || start < 0 || start > len(list) || size < 1 || size > most {
		return nil, "", api.Refuse(http.StatusBadRequest, "ValidationException", "the page does not exist")
	}
	end := min(start+size, len(list))
	if end < len(list) {
		next = strconv.Itoa(end)
	}
	return append([]T{}, list[start:end]...), next, nil // An empty list is no null.
}

func arguments(text []byte) (call asked, err error) {
	if json.Unmarshal(text, &call) != nil {
		err = api.Refuse(http.StatusBadRequest, "SerializationException", "the arguments are no JSON object")
	}
	return call, err
}

func provisioned(ctx context.Context, c *cloud.Cloud, caller api.Caller, text []byte) (any, error) {
	call, err := arguments(text)
	if err != nil {
		return nil, err
	}
	list, err := c.SSOAdmin(caller).ListAccountsForProvisionedPermissionSet(
		ctx,
		call.InstanceArn,
		call.PermissionSetArn,
		call.ProvisioningStatus,
	)
	if err != nil {
		return nil, err
	}
	ids, next, err := page(call, list)
	return struct {
		AccountIds []string
		NextToken  string `json:",omitempty"`
	}{ids, next}, err
}

// assignment is an assignment as AWS writes it.
type assignment struct{ AccountId, PermissionSetArn, PrincipalId, PrincipalType string }

func assigned(ctx context.Context, c *cloud.Cloud, caller api.Caller, text []byte) (any, error) {
	call, err := arguments(text)
	if err != nil {
		return nil, err
	}
	found, err := c.SSOAdmin(caller).ListAccountAssignments(
		ctx,
		call.InstanceArn,
		call.PermissionSetArn,
		call.AccountId,
	)
	if err != nil {
		return nil, err
	}
	list := make([]assignment, len(found))
	for i, a := range found {
		list[i] = assignment{a.Account, a.PermissionSet, a.PrincipalID, a.PrincipalType}
	}
	some, next, err := page(call, list)
	return struct {
		AccountAssignments []assignment
		NextToken          string `json:",omitempty"`
	}{some, next}, err
}

// provisioning is how far the provisioning of a permission set is, as AWS writes it. In the sandbox it is over when the
// call is.
type provisioning struct {
	PermissionSetProvisioningStatus struct{ RequestId, Status string }
}

func succeeded() provisioning {
	var p provisioning
	p.PermissionSetProvisioningStatus.RequestId = "11112222-3333-4444-5555-666677778888"
	p.PermissionSetProvisioningStatus.Status = "SUCCEEDED"
	return p
}

func provision(ctx context.Context, c *cloud.Cloud, caller api.Caller, text []byte) (any, error) {
	call, err := arguments(text)
	if err != nil {
		return nil, err
	}
	return succeeded(), c.SSOAdmin(caller).ProvisionPermissionSet(ctx, call.InstanceArn, call.PermissionSetArn)
}

func provisioningStatus(ctx context.Context, c *cloud.Cloud, caller api.Caller, text []byte) (any, error) {
	call, err := arguments(text)
	if err != nil {
		return nil, err
	}
	return succeeded(), c.SSOAdmin(caller).Besides(ctx, call.InstanceArn, "DescribePermissionSetProvisioningStatus")
}
