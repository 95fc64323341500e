package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// request is one operation as clients send it, over HTTP and in the payload of
// a subscribe message alike.
type request struct {
	Query         *string         `json:"query"`
	OperationName string          `json:"operationName"`
	Variables     json.RawMessage `json:"variables"`
	Extensions    map[string]any  `json:"extensions"` // checked to be an object, otherwise unused

	variables map[string]any
}

// decode reads a request from JSON that is judged before it is decoded.
func (l Limits) decode(body []byte) (*request, *Refusal) {
	if refusal := l.scanJSON(body); refusal != nil {
		return nil, refusal
	}
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '[' {
		return nil, invalid("batch", "A batch of operations is not accepted. Send one operation a request.")
	}
	var req request
	// The decoder's own error repeats what was sent, which may be a password.
	if err := json.Unmarshal(body, &req); err != nil {
		if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return nil, invalid("json", "A part of the request has the wrong type. query and operationName are strings, variables and extensions objects.")
		}
		return nil, invalid("json", `The request is not valid JSON. Send {"query": "…", "variables": {…}}.`)
	}
	if req.Query == nil || strings.TrimSpace(*req.Query) == "" {
		return nil, invalid("json", "The request has no query. Put the GraphQL text in the string query.")
	}
	if len(req.OperationName) > l.OperationName {
		return nil, limited("operation name", l.OperationName, "operationName is longer than %d bytes. Use a shorter name.")
	}
	if len(req.Variables) > l.Variables {
		return nil, limited("variables", l.Variables, "The variables are longer than %d bytes. Split the request.")
	}
	if len(req.Variables) > 0 {
		d := json.NewDecoder(bytes.NewReader(req.Variables))
		d.UseNumber() // a large integer must not become a rounded float
		if err := d.Decode(&req.variables); err != nil {
			return nil, invalid("json", "variables must be an object.")
		}
	}
	return &req, nil
}

// find takes a request through guard and validation and picks the operation to
// run. With allowed the transport says which kinds it runs. It asks nobody who
// the viewer is, so that refusing stays cheap.
func (e *edge) find(req *request, allowed func(ast.Operation) *Refusal) (*document, *ast.OperationDefinition, gqlerror.List) {
	doc, errs, rule := e.documents.accept(*req.Query)
	if errs != nil {
		return nil, nil, e.refuse(rule, errs)
	}
	op := doc.parsed.Operations.ForName(req.OperationName)
	if op == nil {
		return nil, nil, e.refuse("operation name", gqlerror.List{invalid("operation name",
			"No operation of the query has the name given. Set operationName to the one to run.").graphQL()})
	}
	if refusal := allowed(op.Operation); refusal != nil {
		return nil, nil, e.refuse(refusal.Limit, gqlerror.List{refusal.graphQL()})
	}
	return doc, op, nil
}

// begin prepares an operation for the viewer in ctx: introspection, variables
// and what extensions have to say.
func (e *edge) begin(ctx context.Context, req *request, doc *document, op *ast.OperationDefinition) (*graphql.OperationContext, gqlerror.List) {
	if doc.meta[op] && !e.Introspection(ctx) {
		return nil, e.refuse("introspection", gqlerror.List{(&Refusal{Code: codeForbidden, Limit: "introspection",
			Message: "You may not read the schema here. The API is described in the documentation."}).graphQL()})
	}
	ctx = context.WithValue(ctx, acceptedKey{}, doc.parsed)
	opCtx, errs := e.exec.CreateOperationContext(ctx, &graphql.RawParams{
		Query: doc.text, OperationName: req.OperationName, Variables: req.variables,
	})
	if len(errs) > 0 {
		for _, err := range errs {
			if err.Extensions["code"] == errcode.ValidationFailed { // the executor's own, not an extension's
				err.Extensions = map[string]any{"code": codeInvalid, "rule": "variable values"}
			}
		}
		return nil, e.refuse("variable values", errs)
	}
	opCtx.DisableIntrospection = !doc.meta[op]
	return opCtx, nil
}

// refuse counts a refusal.
func (e *edge) refuse(rule string, errs gqlerror.List) gqlerror.List {
	e.meters.refusals.WithLabelValues(rule).Inc()
	return errs
}

// viewer runs the Context hook and presents its error.
func (e *edge) viewer(r *http.Request, payload json.RawMessage) (context.Context, *gqlerror.Error) {
	ctx, err := e.Context(r, payload)
	if err != nil {
		return nil, e.present(r.Context(), err)
	}
	return graphql.StartOperationTrace(ctx), nil
}

const internalMessage = "Something went wrong on the server. Try again; if it happens again report the request id."

// present is the executor's error presenter: the program's, or one that hides
// everything, and the request id where the user is asked to report it.
func (e *edge) present(ctx context.Context, err error) *gqlerror.Error {
	var shown *gqlerror.Error
	if e.ErrorPresenter != nil {
		shown = e.ErrorPresenter(ctx, err)
	} else {
		shown = &gqlerror.Error{Message: internalMessage, Extensions: map[string]any{"code": codeInternal}}
		if g, ok := errors.AsType[*gqlerror.Error](err); ok {
			shown.Path, shown.Locations = g.Path, g.Locations
		}
		e.Log.Error("resolver failed", "id", RequestID(ctx), "type", fmt.Sprintf("%T", err))
	}
	if shown != nil && shown.Extensions["code"] == codeInternal {
		copied := *shown
		copied.Extensions = maps.Clone(shown.Extensions)
		copied.Extensions["requestId"] = RequestID(ctx)
		shown = &copied
	}
	return shown
}

// recovered is the executor's recover function.
func (e *edge) recovered(ctx context.Context, value any) error {
	if e.Recover != nil {
		return e.Recover(ctx, value)
	}
	e.logPanic(ctx)
	return &gqlerror.Error{Message: internalMessage, Extensions: map[string]any{"code": codeInternal}}
}

// The two media types of GraphQL over HTTP. They differ in the status of a
// request that was understood but refused: 400 in the newer, 200 in the older.
const (
	typeJSON    = "application/json"
	typeGraphQL = "application/graphql-response+json"
)

// bodies keeps buffers for request bodies; everything decoded is a copy.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// post answers POST /graphql.
func (e *edge) post(w http.ResponseWriter, r *http.Request) {
	media := typeJSON
	if strings.Contains(r.Header.Get("Accept"), typeGraphQL) {
		media = typeGraphQL
	}
	w.Header().Set("Content-Type", media+"; charset=utf-8")
	refuse := func(status int, refusal *Refusal) {
		e.meters.refusals.WithLabelValues(refusal.Limit).Inc()
		writeErrors(w, status, gqlerror.List{refusal.graphQL()})
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		refuse(http.StatusMethodNotAllowed, invalid("method", "Only POST works here, and WebSocket for subscriptions."))
		return
	}
	if err := e.crossSite.Check(r); err != nil {
		refuse(http.StatusForbidden, &Refusal{Code: codeForbidden, Limit: "origin",
			Message: "A page of another site may not use this server. Its operator can allow the origin."})
		return
	}
	if r.Header.Get(ClientHeader) == "" {
		refuse(http.StatusForbidden, &Refusal{Code: codeForbidden, Limit: "client header",
			Message: "The header " + ClientHeader + " is missing. Set it to the name of your program."})
		return
	}
	if !acceptable(r.Header) {
		refuse(http.StatusUnsupportedMediaType, invalid("content type", "Send the request as Content-Type: application/json in UTF-8, not compressed."))
		return
	}
	buffer := bodies.Get().(*bytes.Buffer)
	defer bodies.Put(buffer)
	buffer.Reset()
	tooLarge := r.ContentLength > int64(e.Limits.Body)
	if !tooLarge {
		_, err := buffer.ReadFrom(http.MaxBytesReader(w, r.Body, int64(e.Limits.Body)))
		if err != nil {
			if _, tooLarge = errors.AsType[*http.MaxBytesError](err); !tooLarge {
				refuse(http.StatusBadRequest, invalid("body", "The request did not arrive whole. Send it again."))
				return
			}
		}
	}
	if tooLarge {
		w.Header().Set("Connection", "close") // rather than read what is refused
		refuse(http.StatusRequestEntityTooLarge, limited("body", e.Limits.Body, "The request is larger than %d bytes. Split it into several."))
		return
	}
	req, refusal := e.Limits.decode(buffer.Bytes())
	if refusal != nil {
		refuse(http.StatusBadRequest, refusal)
		return
	}
	refused := http.StatusOK
	if media == typeGraphQL {
		refused = http.StatusBadRequest
	}
	doc, op, errs := e.find(req, func(kind ast.Operation) *Refusal {
		if kind == ast.Subscription {
			return invalid("operation kind", "Subscriptions run over WebSocket with the protocol graphql-transport-ws.")
		}
		return nil
	})
	if errs != nil {
		writeErrors(w, refused, errs)
		return
	}
	ctx, denied := e.viewer(r, nil)
	if denied != nil {
		writeErrors(w, statusOf(denied), gqlerror.List{denied})
		return
	}
	opCtx, errs := e.begin(ctx, req, doc, op)
	if errs != nil {
		writeErrors(w, refused, errs)
		return
	}
	x := exchangeOf(r.Context())
	x.kind, x.name = op.Operation, op.Name
	_ = writeResponse(w, e.execute(ctx, opCtx)) // the peer may be gone; nobody is left to tell
}

// execute runs a query or mutation. gqlgen recovers panics of resolvers; this
// catches those of its own and of extensions.
func (e *edge) execute(ctx context.Context, opCtx *graphql.OperationContext) (response *graphql.Response) {
	defer func() {
		if v := recover(); v != nil {
			response = &graphql.Response{Data: json.RawMessage("null"), Errors: gqlerror.List{e.present(ctx, e.recovered(ctx, v))}}
		}
	}()
	responses, ctx := e.exec.DispatchOperation(ctx, opCtx)
	if response = responses(ctx); response == nil { // the client left
		response = &graphql.Response{Data: json.RawMessage("null")}
	}
	return response
}

// acceptable tells whether the body says it is plain JSON in UTF-8. Forms,
// text and multipart are what other sites can send without asking.
func acceptable(h http.Header) bool {
	if encoding := h.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		return false
	}
	media, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil || media != typeJSON {
		return false
	}
	charset, given := params["charset"]
	return !given || strings.EqualFold(charset, "utf-8")
}

// statusOf is the HTTP status of a request that the Context hook stopped.
func statusOf(err *gqlerror.Error) int {
	switch err.Extensions["code"] {
	case codeInvalid:
		return http.StatusBadRequest
	case codeUnauthenticated:
		return http.StatusUnauthorized
	case codeNotFound:
		return http.StatusNotFound
	case codeLimited:
		return http.StatusTooManyRequests
	case codeUnavailable:
		return http.StatusServiceUnavailable
	case codeInternal:
		return http.StatusInternalServerError
	}
	return http.StatusForbidden
}

// writeErrors answers a request that was not run: errors and no data.
func writeErrors(w http.ResponseWriter, status int, errs gqlerror.List) {
	w.WriteHeader(status)
	var b bytes.Buffer
	b.WriteString(`{"errors":`)
	encodeErrors(&b, errs)
	b.WriteString("}\n")
	_, _ = w.Write(b.Bytes()) // the peer may be gone; nobody is left to tell
}

// writeResponse sends a response. Data is JSON already and goes out as it is;
// encoding/json would read and copy all of it once more.
func writeResponse(w io.Writer, response *graphql.Response) error {
	var head, tail bytes.Buffer
	head.WriteByte('{')
	omitted := 0
	if len(response.Errors) > 0 {
		head.WriteString(`"errors":`)
		omitted = encodeErrors(&head, response.Errors)
		head.WriteByte(',')
	}
	head.WriteString(`"data":`)
	data := response.Data
	if data == nil {
		data = json.RawMessage("null")
	}
	extensions := response.Extensions
	if omitted > 0 {
		extensions = maps.Clone(extensions)
		if extensions == nil {
			extensions = map[string]any{}
		}
		extensions["errorsOmitted"] = omitted
	}
	if len(extensions) > 0 {
		tail.WriteString(`,"extensions":`)
		if err := json.NewEncoder(&tail).Encode(extensions); err != nil {
			return fmt.Errorf("encode extensions: %w", err)
		}
	}
	tail.WriteByte('}')
	for _, part := range [][]byte{head.Bytes(), data, tail.Bytes()} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// Errors of one answer: few enough to read, small enough that an error is
// never a cheap way to a large answer.
const (
	maxErrors      = 10
	maxErrorsBytes = 3 << 10
	maxMessage     = 400
)

// encodeErrors writes the first errors as a JSON list and returns how many it
// left out.
func encodeErrors(b *bytes.Buffer, errs gqlerror.List) (omitted int) {
	b.WriteByte('[')
	start := b.Len()
	for i, err := range errs {
		shown := *err
		shown.Message = shorten(err.Message, maxMessage)
		if len(shown.Path) > 64 {
			shown.Path = shown.Path[:64]
		}
		text, encodeErr := json.Marshal(&shown)
		if encodeErr != nil { // an extension that is no JSON
			shown.Extensions = map[string]any{"code": codeInternal}
			text, _ = json.Marshal(&shown)
		}
		if i > 0 && (i >= maxErrors || b.Len()-start+len(text) > maxErrorsBytes) {
			omitted = len(errs) - i
			break
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(text)
	}
	b.WriteByte(']')
	return omitted
}
