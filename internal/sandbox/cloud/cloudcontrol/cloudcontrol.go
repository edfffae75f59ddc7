package cloudcontrol

import (
	"context"

	"aws-access-guardrails/internal/sandbox/cloud/api"
	"aws-access-guardrails/internal/sandbox/cloud/store"
)

// Client is a client of AWS Cloud Control with one caller's credentials. What it does to resources are calls of
// their services.
type Client struct{ api.Client }

// New returns a client of AWS Cloud Control.
func New(world *api.World, caller api.Caller) Client {
	return Client{api.NewClient(world, caller, api.Service{
		Name: "CloudControl", Prefix: "cloudformation",
		WithoutResource: []string{
			"CreateResource",
			"GetResource",
			"UpdateResource",
			"DeleteResource",
			"GetResourceRequestStatus",
		},
	})}
}

// GetResource is the call that reads a resource of a type; what it reads are calls of the service.
func (c Client) GetResource(ctx context.Context, typ string) error {
	return api.Do(ctx, c.Client, "GetResource", typ, func(*store.Tx) error { return nil })
}
