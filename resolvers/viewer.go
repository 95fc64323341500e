package resolvers

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"weft/graph"
	"weft/resolvers/message"
)

// SeeAs is the header, and the key of a WebSocket's connection_init, by which
// the person of personal mode chooses as whom to look and write.
const SeeAs = "X-Weft-See-As"

// localAccount is the author of everything written in personal mode.
const localAccount graph.ID = "local"

// persona is who asks.
type persona struct {
	name   string // as SeeAs takes it
	viewer graph.Viewer
}

// Context puts who asks into the context of a request. payload is that of
// connection_init for a WebSocket, nil for a POST.
func (r *Resolver) Context(req *http.Request, payload json.RawMessage) (context.Context, error) {
	name := req.Header.Get(SeeAs)
	if len(payload) > 0 {
		var init map[string]any
		if err := json.Unmarshal(payload, &init); err != nil {
			return nil, graph.Errorf(graph.INVALID, "the payload of connection_init is an object")
		}
		if chosen, ok := init[SeeAs].(string); ok {
			name = chosen
		}
	}
	p, err := r.persona(name)
	if err != nil {
		return nil, err
	}
	r.lately.asks(p)
	return r.watched(context.WithValue(req.Context(), personaKey{}, p), p, req)
}

type personaKey struct{}

func personaOf(ctx context.Context) persona {
	if p, ok := ctx.Value(personaKey{}).(persona); ok {
		return p
	}
	return visitor
}

// visitor is everybody without an account.
var visitor = persona{"visitor", graph.Viewer{Level: graph.LevelVisitor}}

// persona makes the viewer that a name stands for.
func (r *Resolver) persona(name string) (persona, error) {
	kind, id, named := strings.Cut(name, ":")
	level, known := levels[kind]
	switch {
	case !r.options.Personal && name == "":
		return visitor, nil
	case !r.options.Personal:
		return persona{}, graph.Errorf(graph.FORBIDDEN, "seeing as others do is for personal mode: leave out %s", SeeAs).At(SeeAs)
	case name == "":
		return persona{"local", graph.Viewer{Account: localAccount, Level: graph.LevelSteward}}, nil
	case !known || named != graph.ID(id).Valid() || named && kind != "member" && kind != "organization" || !named && kind == "organization":
		return persona{}, graph.Errorf(graph.INVALID, "%s is visitor, member, member: with the id of a coalition, organization: with the id of an organization, or coordinator, not %.60q", SeeAs, name).At(SeeAs)
	}
	p := persona{name, graph.Viewer{Account: localAccount, Level: level}}
	switch {
	case kind == "organization":
		p.viewer.Organization = graph.ID(id)
	case named:
		p.viewer.Coalitions = []graph.ID{graph.ID(id)}
	}
	return p, nil
}

var levels = map[string]graph.Level{"visitor": graph.LevelVisitor, "member": graph.LevelMember, "organization": graph.LevelMember, "coordinator": graph.LevelCoordinator}

// operation holds the one View that all of an operation is answered from.
type operation struct {
	once sync.Once
	view *graph.View
	err  error
}

type operationKey struct{}

// view returns the operation's View, as of a day when one is given.
func (r *Resolver) view(ctx context.Context, asOf *graph.Date) (*graph.View, error) {
	o := ctx.Value(operationKey{}).(*operation)
	o.once.Do(func() { o.view, o.err = r.directory.View(personaOf(ctx).viewer, graph.SCREEN) })
	if o.err != nil || asOf == nil {
		return o.view, o.err
	}
	return o.view.AsOf(*asOf), nil
}

// Viewer says who asks, and what they may do.
func (q query) Viewer(ctx context.Context) (*message.Viewer, error) {
	v, err := q.view(ctx, nil)
	if err != nil {
		return nil, err
	}
	p := personaOf(ctx)
	own, _ := v.Node(p.viewer.Organization).(*graph.Organization)
	return &message.Viewer{Persona: p.name, May: mayCall(p.viewer), Level: p.viewer.Level, Organization: own, Coalitions: v.Circles(),
		PageCap: v.PageCap(), Network: &message.Network{Name: q.options.Name, Demo: q.options.Demo, View: v}}, nil
}

// operations is the extension that opens every operation: it holds the View and
// asks the policy before any root field.
type operations struct{}

// ExtensionName names the extension.
func (operations) ExtensionName() string { return "Operations" }

// Validate accepts every schema.
func (operations) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation gives the operation its place for a View.
func (operations) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	return next(context.WithValue(ctx, operationKey{}, &operation{}))
}

// InterceptRootField refuses a root field that the policy does not give to who asks.
func (operations) InterceptRootField(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	f := graphql.GetRootFieldContext(ctx).Field
	if strings.HasPrefix(f.Name, "__") { // the schema itself, which Introspection gives or refuses
		return next(ctx)
	}
	if err := policy[f.ObjectDefinition.Name+"."+f.Name].allows(personaOf(ctx).viewer); err != nil {
		graphql.AddError(ctx, err)
		return graphql.Null
	}
	return next(ctx)
}
