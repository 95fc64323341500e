import { Kind, type OperationDefinitionNode, parse } from "graphql";
import { createClient } from "graphql-ws";

/** Question is what GraphiQL sends: an operation, and the variables and name that go with it. */
type Question = {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: unknown;
};

/** Options are the headers written in GraphiQL's editor. */
type Options = { readonly headers?: Record<string, unknown> | undefined };

/** Says through whose eyes to ask: a header of a request, a member of the payload that opens a WebSocket. */
const seeAsHeader = "X-Weft-See-As";

/** The media types the API answers in. */
const accepted = "application/graphql-response+json, application/json";

/**
 * fetcher gives what GraphiQL asks through, seen through the eyes of a persona (see writePersona in
 * src/model/address.ts): subscriptions go over a WebSocket that lasts as long as they do, everything else is posted.
 * Headers written in the page's editor win over the persona. A refusal is shown like an answer, not thrown.
 */
export function fetcher(persona: string, endpoint = "/graphql") {
  const seeAs: Record<string, unknown> = persona === "self" ? {} : { [seeAsHeader]: persona };
  return (asked: Question, options: Options = {}) => {
    const headers = { ...seeAs, ...options.headers };
    const operations = operationsOf(asked.query);
    const named = operations.find(({ name }) => name?.value === asked.operationName);
    // GraphiQL learns the names in what is typed a moment late: a name that is not there is the one before.
    const question = named || operations.length === 0 ? asked : { ...asked, operationName: null };
    const run = named ?? operations[0];
    return run?.operation === "subscription"
      ? listen(endpoint, question, headers)
      : post(endpoint, question, headers);
  };
}

/** The operations of a document; none of one that cannot be read, which the server will say better. */
function operationsOf(query: string): OperationDefinitionNode[] {
  try {
    return parse(query).definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  } catch {
    return [];
  }
}

async function post(endpoint: string, question: Question, headers: Record<string, unknown>): Promise<object> {
  const response = await fetch(endpoint, {
    method: "POST",
    credentials: "same-origin",
    headers: {
      "Content-Type": "application/json",
      Accept: accepted,
      "X-Weft-Client": "graphiql",
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    },
    body: JSON.stringify(question),
  });
  const text = await response.text();
  try {
    return JSON.parse(text) as object;
  } catch {
    return {
      errors: [{ message: text.trim() || `The server answered ${response.status} and nothing else.` }],
    };
  }
}

function listen(
  endpoint: string,
  question: Question,
  payload: Record<string, unknown>,
): AsyncIterable<object> {
  const url = new URL(endpoint, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const { query, operationName = null, variables } = question;
  return createClient({
    url: url.href,
    connectionParams: payload,
    // A subscription that ended without the person's doing must look ended; nothing is asked again behind their back.
    retryAttempts: 0,
  }).iterate<Record<string, unknown>>({
    query,
    operationName,
    variables: (variables ?? {}) as Record<string, unknown>,
  });
}
