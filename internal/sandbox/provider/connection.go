package provider

import (
	"context"
	"sync"

	"google.golang.org/grpc/stats"

	"aws-access-guardrails/internal/sandbox/provider/resources"
)

// connection is one connection of the engine. The engine opens one for each provider of a program, all to the same
// port, so that the connection alone tells an explicit provider of one Region from that of another.
type connection struct {
	mu      sync.Mutex
	session *resources.Session
}

type connectionKey struct{}

// connections gives each connection its own state.
type connections struct{}

// TagConn implements stats.Handler.
func (connections) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context {
	return context.WithValue(ctx, connectionKey{}, &connection{})
}

// TagRPC implements stats.Handler.
func (connections) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

// HandleRPC implements stats.Handler.
func (connections) HandleRPC(context.Context, stats.RPCStats) {}

// HandleConn implements stats.Handler.
func (connections) HandleConn(context.Context, stats.ConnStats) {}

// connectionOf is the connection that a call came in on.
func connectionOf(ctx context.Context) *connection {
	c, ok := ctx.Value(connectionKey{}).(*connection)
	if !ok {
		return &connection{}
	}
	return c
}
