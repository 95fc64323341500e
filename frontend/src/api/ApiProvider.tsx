import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { type Failure, givenUp } from "../model/failure";
import { Client, type Course } from "./client";
import type { Document } from "./document";
import { failureFrom } from "./errors";
import { Changes } from "./generated";
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

type Seen = Api & { readonly persona: string };

const Context = createContext<Seen | null>(null);

type Props = {
  api: Api;
  /** Through whose eyes, as writePersona in model/address.ts says it. */
  persona: string;
  children: ReactNode;
};

/**
 * ApiProvider gives everything inside it the server, seen through the eyes of a persona, and hears of changes
 * by others: whatever is shown is asked for again when something that the persona can see has changed.
 */
export function ApiProvider({ api, persona, children }: Props) {
  useEffect(() => {
    api.client.seeAs(persona);
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Changes come in bursts, such as an import: one question after each burst is enough.
    const refresh = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        api.stale.set(api.stale.get() + 1);
      }, 150);
    };
    const stop = api.client.subscribe(Changes, {}, { next: refresh, missed: refresh });
    // What is kept beside the network (introductions, dismissals) brings no event: it is asked for again when one
    // comes back to the window.
    addEventListener("focus", refresh);
    return () => {
      clearTimeout(timer);
      removeEventListener("focus", refresh);
      stop();
    };
  }, [api, persona]);
  const value = useMemo(() => ({ ...api, persona }), [api, persona]);
  return <Context value={value}>{children}</Context>;
}

/** useApi gives the server. */
export function useApi(): Seen {
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
  /** Whether it has been on its way for so long that one wonders, and how far it has come, where that is known. */
  readonly late: boolean;
  readonly course: Course | null;
  /** Stops waiting: the request is ended, also for the server. */
  readonly giveUp: () => void;
  readonly retry: () => void;
};

/**
 * useQuery asks a question and asks it again whenever its variables, the persona or the network changed.
 * While it asks, the answer before stays, so lists keep their place. Null variables ask nothing. With `once` a
 * change of the network asks nothing anew.
 */
export function useQuery<Result, Variables>(
  document: Document<Result, Variables>,
  variables: Variables | null,
  how: "followed" | "once" = "followed",
): Answer<Result> {
  const { client, stale, persona } = useApi();
  const aged = useSyncExternalStore(stale.watch, stale.get);
  const age = how === "followed" ? aged : 0;
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<{
    key: string;
    persona: string;
    data: Result | null;
    failure: Failure | null;
  }>({
    key: "",
    persona,
    data: null,
    failure: null,
  });
  const [heard, setHeard] = useState<{ key: string; course: Course | null } | null>(null);
  const asking = useRef<AbortController>(null);
  const asked = variables === null ? null : JSON.stringify(variables);
  const key = JSON.stringify([document.name, asked, persona, age, attempt]);

  useEffect(() => {
    if (asked === null) return;
    const gone = new AbortController();
    asking.current = gone;
    client.seeAs(persona);
    const hear = (course: Course | null) => setHeard({ key, course });
    client.request(document, JSON.parse(asked) as Variables, gone.signal, hear).then(
      (data) => setState({ key, persona, data, failure: null }),
      (thrown: unknown) => {
        if (!gone.signal.aborted) setState((old) => ({ ...old, key, failure: failureFrom(thrown) }));
      },
    );
    return () => gone.abort();
  }, [client, document, asked, persona, key]);

  const loading = asked !== null && state.key !== key;
  return {
    // What one person may see must not stay on the screen of another.
    data: asked !== null && state.persona === persona ? state.data : null,
    failure: state.key === key ? state.failure : null,
    loading,
    retry: () => setAttempt((n) => n + 1),
    late: loading && heard?.key === key,
    course: heard?.key === key ? heard.course : null,
    giveUp: () => {
      asking.current?.abort();
      setState((old) => ({ ...old, key, failure: givenUp }));
    },
  };
}
