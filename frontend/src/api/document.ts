/**
 * Document is the text of one GraphQL operation, carrying the types of its answer and its variables.
 * `scripts/codegen.mjs` makes one for every operation in the `.graphql` files.
 */
export type Document<Result, Variables> = {
  readonly name: string;
  readonly text: string;
  /** Never set: it only ties the types to the document. */
  readonly types?: (variables: Variables) => Result;
};
