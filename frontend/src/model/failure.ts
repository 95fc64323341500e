/**
 * FailureCode is why a request brought nothing: the codes of the server (extensions.code), OFFLINE for a
 * server that could not be reached, and GIVEN_UP for a question that who asked took back.
 */
export type FailureCode =
  | "INVALID"
  | "NOT_FOUND"
  | "CONFLICT"
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "LIMITED"
  | "UNAVAILABLE"
  | "INTERNAL"
  | "OFFLINE"
  | "GIVEN_UP";

/** Failure is a request that brought nothing, as far as it may be told to a person. */
export type Failure = {
  readonly code: FailureCode;
  /** The server's own words: what, where and the remedy. */
  readonly message: string;
  /** The field of the input that is not valid, where the server named one. */
  readonly field: string | null;
  readonly requestId: string | null;
};

/** givenUp is the failure of a question that was taken back. */
export const givenUp: Failure = { code: "GIVEN_UP", message: "", field: null, requestId: null };
