import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import type { Failure } from "../model/failure";
import { Client } from "./client";
import type { Document } from "./document";
import { failureFrom } from "./errors";
import { type LiveState, type Signal, signal } from "./live";

/** Api is the server, and how live the line to it is. */
export type Api = {
  readonly client: Client;
  readonly live: Signal<LiveState>;
  /** Counts up whenever what is shown may be old; every useQuery asks again. */
  readonly stale: Signal<number>;
};

/** createApi makes the api of a page. */
export function createApi(endpoint = "/graphql"): Api {
  const live = signal<LiveState>("quiet");
  return { client: new Client(endpoint, live.set), live, stale: signal(0) };
}

const Context = createContext<Api | null>(null);

/** ApiProvider gives everything inside it the server, seen through the eyes of a persona. */
export function ApiProvider({ api, children }: { api: Api; children: ReactNode }) {
  return <Context value={api}>{children}</Context>;
}

/** useApi gives the server. */
export function useApi(): Api {
  const api = useContext(Context);
  if (!api) throw new Error("useApi outside ApiProvider");
  return api;
}

/** useLive tells whether changes by others arrive. */
export function useLive(): LiveState {
  const { live } = useApi();
  return useSyncExternalStore(live.watch, live.get);
}

/** Answer is a question on its way: what is known so far, and what went wrong. */
export type Answer<Result> = {
  /** The newest answer, or the one before while a newer question is on its way. */
  readonly data: Result | null;
  readonly failure: Failure | null;
  readonly loading: boolean;
  readonly retry: () => void;
};

/**
 * useQuery asks a question and asks it again whenever its variables, the persona or the network changed.
 * While it asks, the answer before stays, so lists keep their place. Null variables ask nothing.
 */
export function useQuery<Result, Variables>(
  document: Document<Result, Variables>,
  variables: Variables | null,
  persona: string,
): Answer<Result> {
  const { client, stale } = useApi();
  const age = useSyncExternalStore(stale.watch, stale.get);
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<{ key: string; persona: string; data: Result | null; failure: Failure | null }>({
    key: "",
    persona,
    data: null,
    failure: null,
  });
  const asked = variables === null ? null : JSON.stringify(variables);
  const key = JSON.stringify([document.name, asked, persona, age, attempt]);

  useEffect(() => {
    if (asked === null) return;
    const gone = new AbortController();
    client.seeAs(persona);
    client.request(document, JSON.parse(asked) as Variables, gone.signal).then(
      (data) => setState({ key, persona, data, failure: null }),
      (thrown: unknown) => {
        if (!gone.signal.aborted) setState((old) => ({ ...old, key, failure: failureFrom(thrown) }));
      },
    );
    return () => gone.abort();
  }, [client, document, asked, persona, key]);

  return {
    // What one person may see must not stay on the screen of another.
    data: asked !== null && state.persona === persona ? state.data : null,
    failure: state.key === key ? state.failure : null,
    loading: asked !== null && state.key !== key,
    retry: () => setAttempt((n) => n + 1),
  };
}
