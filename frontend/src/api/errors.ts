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
  path?: unknown;
  extensions?: { code?: unknown; field?: unknown; requestId?: unknown } | null;
};

/** failureOf reads the first error of a GraphQL answer. A code not known here is INTERNAL. */
export function failureOf(errors: readonly unknown[], requestId: string | null): Failure {
  const { message, path, extensions } = (errors[0] ?? {}) as GraphQLError;
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);
  const code = text(extensions?.code) ?? "";
  return {
    code: codes.has(code) ? (code as FailureCode) : "INTERNAL",
    message: text(message) ?? "",
    field: text(extensions?.field) ?? inputField(path),
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

/** The field that a value of the wrong form was sent for: the part of the path below the input of an edit. */
function inputField(path: unknown): string | null {
  if (!Array.isArray(path)) return null;
  const at = path.indexOf("input");
  const below =
    at < 0 ? [] : path.slice(at + 1).filter((part) => typeof part === "string" && part !== "fields");
  return below.length > 0 ? below.join(".") : null;
}
