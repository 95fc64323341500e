import { createClient, type Client as SocketClient } from "graphql-ws";
import type { Document } from "./document";
import { failureOf, failureOfStatus, RequestFailed } from "./errors";
import { Progress, type ProgressSubscription } from "./generated";
import type { LiveState } from "./live";

/** Through whose eyes a request is asked, as one word (see writePersona in model/address.ts); `self` says nothing. */
type SeeAs = string;

/** Says whose eyes to the server: a header of a request, and a member of the payload that opens a WebSocket. */
const seeAsHeader = "X-Weft-See-As";

/** Gives a question a name, under which the server tells how far it has come. */
const progressHeader = "X-Weft-Progress";

/** How far a question has come: what it waits for, and how much of that is done, from 0 to 1. */
export type Course = ProgressSubscription["progress"];

/** Subscription is what a caller wants to hear. */
export type Listener<Result> = {
  readonly next: (result: Result) => void;
  /** The connection was lost and has been made again: something may have been missed. */
  readonly missed: () => void;
};

/**
 * Client speaks to one Weft server: questions and edits by POST, live changes by one WebSocket that opens with
 * the first subscription. It is the only door to the network.
 */
export class Client {
  readonly #endpoint: string;
  readonly #live: (state: LiveState) => void;
  #seeAs: SeeAs = "self";
  #socket: SocketClient | null = null;
  /** How many requests are on their way. */
  #asking = 0;
  /** Whether the connection is back and everything that was missed has been asked for, but not answered. */
  #catchingUp = false;

  /** endpoint is the path of the API; live hears how the WebSocket fares. */
  constructor(endpoint: string, live: (state: LiveState) => void) {
    this.#endpoint = endpoint;
    this.#live = live;
    // A browser that knows it is offline may keep a socket that is dead, and need not wait to learn that it is back.
    globalThis.addEventListener?.("offline", () => this.#socket?.terminate());
  }

  /** Asks everything that follows through other eyes. Subscriptions must be made anew. */
  seeAs(persona: SeeAs): void {
    if (persona === this.#seeAs) return;
    this.#seeAs = persona;
    this.#socket?.dispose();
    this.#socket = null;
  }

  /**
   * Runs a query or mutation. Throws RequestFailed, or the signal's reason when it was given up. When it takes
   * longer than people wait without a word, hear is told so, and then how far it has come.
   */
  async request<Result, Variables>(
    document: Document<Result, Variables>,
    variables: Variables,
    signal?: AbortSignal,
    hear?: (course: Course | null) => void,
  ): Promise<Result> {
    this.#asking++;
    const name = randomName();
    let silent = () => {};
    const late =
      hear &&
      setTimeout(() => {
        hear(null);
        const listener = {
          next: (told: ProgressSubscription) => hear(told.progress),
          missed: () => undefined,
        };
        silent = this.subscribe(Progress, { of: name }, listener);
      }, patience);
    try {
      return await this.#send(document, variables, signal, hear ? { [progressHeader]: name } : {});
    } finally {
      clearTimeout(late);
      silent();
      this.#asking--;
      this.#settle();
    }
  }

  async #send<Result, Variables>(
    document: Document<Result, Variables>,
    variables: Variables,
    signal: AbortSignal | undefined,
    also: Record<string, string>,
  ): Promise<Result> {
    let response: Response;
    try {
      response = await fetch(this.#endpoint, {
        method: "POST",
        credentials: "same-origin",
        headers: {
          "Content-Type": "application/json",
          Accept: "application/graphql-response+json, application/json",
          "X-Weft-Client": "web",
          ...(this.#seeAs === "self" ? {} : { [seeAsHeader]: this.#seeAs }),
          ...also,
        },
        body: JSON.stringify({ query: document.text, operationName: document.name, variables }),
        signal: signal ?? null,
      });
    } catch (thrown) {
      signal?.throwIfAborted();
      throw new RequestFailed({ code: "OFFLINE", message: String(thrown), field: null, requestId: null });
    }
    const requestId = response.headers.get("X-Request-Id");
    const answer = (await response.json().catch(() => null)) as {
      data?: Result | null;
      errors?: unknown[];
    } | null;
    signal?.throwIfAborted();
    if (answer?.errors?.length) throw new RequestFailed(failureOf(answer.errors, requestId));
    if (!answer?.data) throw new RequestFailed(failureOfStatus(response.status, requestId));
    return answer.data;
  }

  /** Listens until the function it gives back is called. Reconnects by itself. */
  subscribe<Result, Variables extends Record<string, unknown>>(
    document: Document<Result, Variables>,
    variables: Variables,
    listener: Listener<Result>,
  ): () => void {
    this.#socket ??= this.#connect();
    const socket = this.#socket;
    let connections = 0;
    const forget = socket.on("connected", () => {
      if (connections++ > 0) listener.missed();
    });
    const stop = socket.subscribe<Result>(
      { query: document.text, operationName: document.name, variables },
      {
        next: ({ data, errors }) => {
          if (data && !errors) listener.next(data);
          else listener.missed();
        },
        // Either the server refused (the live state says so) or it ended the subscription: what is shown may be old.
        error: () => listener.missed(),
        complete: () => undefined,
      },
    );
    return () => {
      forget();
      stop();
    };
  }

  /** Says that the page is live once nothing that was missed is still on its way. */
  #settle(): void {
    if (!this.#catchingUp || this.#asking > 0) return;
    this.#catchingUp = false;
    this.#live("live");
  }

  #connect(): SocketClient {
    let lost = false;
    const url = new URL(this.#endpoint, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = createClient({
      url: url.href,
      connectionParams: this.#seeAs === "self" ? {} : { [seeAsHeader]: this.#seeAs },
      retryAttempts: Number.POSITIVE_INFINITY,
      retryWait: (attempt) =>
        new Promise((done) => {
          const again = () => {
            clearTimeout(timer);
            removeEventListener("online", again);
            done();
          };
          const timer = setTimeout(again, backoff(attempt, Math.random()));
          addEventListener("online", again);
        }),
      shouldRetry: (event) => !refused(event),
      on: {
        // Trying again is not being back: it may fail as often as it is tried.
        connecting: () => lost || this.#live("connecting"),
        connected: () => {
          if (!lost) return this.#live("live");
          lost = false;
          this.#live("connecting");
          setTimeout(() => {
            if (lost) return;
            this.#catchingUp = true;
            this.#settle();
          }, settling);
        },
        closed: (event) => {
          // One that was given up for other eyes closes late: what it says is not of the line there is now.
          if (socket !== this.#socket) return;
          lost = true;
          this.#catchingUp = false;
          this.#live(refused(event) ? "refused" : "offline");
        },
      },
    });
    return socket;
  }
}

/** How long people wait without a word, in milliseconds. */
const patience = 1000;

/** randomName is 128 random bits, in hexadecimal. */
function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

/** How long after the connection is back everything that was missed has been asked for, in milliseconds. */
const settling = 500;

/** backoff is how long to wait before trying again: doubling to half a minute, spread so that clients do not return at once. */
export function backoff(attempt: number, random: number): number {
  const ceiling = Math.min(30_000, 500 * 2 ** Math.min(attempt, 10));
  return ceiling / 2 + (ceiling / 2) * random;
}

/** refused tells a connection the server does not want from one that was lost: 4403 is never tried again. */
export function refused(event: unknown): boolean {
  return (event as { code?: unknown } | null)?.code === 4403;
}
