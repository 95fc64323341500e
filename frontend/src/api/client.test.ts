import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { backoff, Client, refused } from "./client";
import type { Document } from "./document";
import { RequestFailed } from "./errors";

const Ping = { name: "Ping", text: "query Ping { ping }" } as Document<
  { ping: string },
  Record<string, never>
>;

let server: Server | null = null;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

/** A real server on a free port that answers every request the same way and keeps what it was asked. */
async function serve(status: number, body: string, headers: Record<string, string> = {}) {
  const seen: { headers: Record<string, unknown>; body: string }[] = [];
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += chunk));
    request.on("end", () => {
      seen.push({ headers: request.headers, body: text });
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((done) => server!.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return { client: new Client(`http://127.0.0.1:${port}/graphql`, () => undefined), seen };
}

async function failure(client: Client) {
  const thrown = await client.request(Ping, {}).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(RequestFailed);
  return (thrown as RequestFailed).failure;
}

describe("a request", () => {
  test("is a JSON POST with the client's header, asked as the persona", async () => {
    const { client, seen } = await serve(200, '{"data":{"ping":"pong"}}');
    client.seeAs("visitor");
    expect(await client.request(Ping, {})).toEqual({ ping: "pong" });
    expect(seen[0]!.headers).toMatchObject({
      "content-type": "application/json",
      "x-weft-client": "web",
      "x-weft-see-as": "visitor",
    });
    expect(JSON.parse(seen[0]!.body)).toEqual({ query: Ping.text, operationName: "Ping", variables: {} });
  });

  test("that the server refuses says why, where and under which number", async () => {
    const error = {
      message: "The date is not valid",
      extensions: { code: "INVALID", field: "since", requestId: "r1" },
    };
    const { client } = await serve(200, JSON.stringify({ data: null, errors: [error] }));
    expect(await failure(client)).toEqual({
      code: "INVALID",
      message: "The date is not valid",
      field: "since",
      requestId: "r1",
    });
  });

  test("with a code from a newer server is a failure of the server", async () => {
    const { client } = await serve(200, '{"errors":[{"message":"?","extensions":{"code":"NOVEL"}}]}', {
      "X-Request-Id": "r2",
    });
    expect(await failure(client)).toMatchObject({ code: "INTERNAL", requestId: "r2" });
  });

  test.each([
    [401, "UNAUTHENTICATED"],
    [403, "FORBIDDEN"],
    [429, "LIMITED"],
    [503, "UNAVAILABLE"],
    [500, "INTERNAL"],
    [200, "INTERNAL"],
  ])("answered %d by something that speaks no GraphQL is %s", async (status, code) => {
    const { client } = await serve(status, "<html>");
    expect((await failure(client)).code).toBe(code);
  });

  test("to a server that is gone is OFFLINE", async () => {
    const { client } = await serve(200, "{}");
    server!.close();
    server = null;
    expect((await failure(client)).code).toBe("OFFLINE");
  });

  test("given up throws the reason it was given up for", async () => {
    const { client } = await serve(200, '{"data":{"ping":"pong"}}');
    const gone = new AbortController();
    gone.abort(new Error("left"));
    await expect(client.request(Ping, {}, gone.signal)).rejects.toThrow("left");
  });
});

describe("reconnecting", () => {
  test("waits longer each time, never more than half a minute", () => {
    expect(backoff(0, 0)).toBe(250);
    expect(backoff(0, 1)).toBe(500);
    expect(backoff(3, 0)).toBeGreaterThan(backoff(1, 1));
    for (const attempt of [10, 1000]) expect(backoff(attempt, 1)).toBe(30_000);
  });

  test("stops when the server closed with 4403, and for nothing else", () => {
    expect(refused({ code: 4403 })).toBe(true);
    expect([{ code: 1006 }, { code: 4400 }, new Error("lost"), null].some(refused)).toBe(false);
  });
});
