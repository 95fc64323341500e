import type { Failure, FailureCode } from "../model/failure";

/** RequestFailed is thrown by every request that brought nothing. What to say of it is in its failure. */
export class RequestFailed extends Error {
  override readonly name = "RequestFailed";
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

const codes: ReadonlySet<string> = new Set<FailureCode>([
  "INVALID",
  "NOT_FOUND",
  "CONFLICT",
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "LIMITED",
  "UNAVAILABLE",
  "INTERNAL",
  "OFFLINE",
]);

type GraphQLError = {
  message?: unknown;
  extensions?: { code?: unknown; field?: unknown; requestId?: unknown } | null;
};

/** failureOf reads the first error of a GraphQL answer. A code not known here is INTERNAL. */
export function failureOf(errors: readonly unknown[], requestId: string | null): Failure {
  const { message, extensions } = (errors[0] ?? {}) as GraphQLError;
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);
  const code = text(extensions?.code) ?? "";
  return {
    code: codes.has(code) ? (code as FailureCode) : "INTERNAL",
    message: text(message) ?? "",
    field: text(extensions?.field),
    requestId: text(extensions?.requestId) ?? requestId,
  };
}

/** failureFrom turns whatever was thrown into a failure that can be told. */
export function failureFrom(thrown: unknown): Failure {
  if (thrown instanceof RequestFailed) return thrown.failure;
  return { code: "INTERNAL", message: "", field: null, requestId: null };
}

/** failureOfStatus reads an answer that is no GraphQL answer, such as a proxy's. */
export function failureOfStatus(status: number, requestId: string | null): Failure {
  const code: FailureCode =
    status === 401
      ? "UNAUTHENTICATED"
      : status === 403
        ? "FORBIDDEN"
        : status === 429
          ? "LIMITED"
          : status === 502 || status === 503 || status === 504
            ? "UNAVAILABLE"
            : "INTERNAL";
  return { code, message: "", field: null, requestId };
}
