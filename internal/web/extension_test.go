package web_test

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"weft/internal/web/testdata/social"
)

// panicking is an extension that panics around operations called Panic.
type panicking struct{}

func (panicking) ExtensionName() string                   { return "Panicking" }
func (panicking) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation panics outside every resolver, where gqlgen catches nothing.
func (panicking) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if graphql.GetOperationContext(ctx).Operation.Name == "Panic" {
		panic(social.Secret)
	}
	return next(ctx)
}
