package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"jarchi.dev/jarchi/internal/access"
	"jarchi.dev/jarchi/internal/house"
)

// House tells how the node fares.
type House interface {
	State(ctx context.Context) (house.State, error)
}

func (a *api) registerHouse() {
	if a.House == nil {
		return
	}
	register(a, huma.Operation{OperationID: "house", Method: http.MethodGet, Path: "/api/v1/house", Tags: []string{"House"}, Summary: "How this node fares",
		Description: "Scope admin. What needs attention first, then versions, database, disk, queue, work that was given up, sources, deliveries, logs, what was slow, the clock. Counts, sizes, times and names of places only. " +
			"On a node with several members what belongs to the others is left out."}, a.jsonResponse("The state of the node.", house.State{}), func(ctx context.Context, _ *struct{}) (*answer, error) {
		c := callerOf(ctx)
		if err := c.need(access.Admin); err != nil {
			return nil, err
		}
		st, err := a.House.State(ctx)
		if err != nil {
			return nil, err
		}
		members, err := a.Browse.Members(ctx)
		if err != nil {
			return nil, err
		}
		if len(members) > 1 {
			st = st.For(c.actor.Member)
		}
		return closed(http.StatusOK, st)
	})
}
