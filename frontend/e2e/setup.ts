import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/**
 * Starts the built program on a free port, with a new database that holds the demo network. Its address goes to
 * the tests as WEFT_URL. WEFT_BIN is the program; with WEFT_URL set already, a server that runs is used as it is.
 */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env.WEFT_URL) return async () => undefined;
  const folder = mkdtempSync(join(tmpdir(), "weft-e2e-"));
  const servers = [
    await serve(join(folder, "demo.db"), ["--demo"]),
    await serve(join(folder, "empty.db"), []),
  ];
  process.env.WEFT_URL = servers[0]!.address;
  process.env.WEFT_EMPTY_URL = servers[1]!.address;
  return async () => {
    await Promise.all(servers.map(({ process }) => stop(process)));
    rmSync(folder, { recursive: true, force: true });
  };
}

type Server = { readonly address: string; readonly process: ChildProcess };

/** Serves a database until stopped, on a free port or the one given; done as soon as the server has said where it is. */
export function serve(file: string, flags: readonly string[], port = "0"): Promise<Server> {
  const program = resolve(process.env.WEFT_BIN ?? "../weft");
  const listen = `127.0.0.1:${port}`;
  const child = spawn(program, ["serve", "--store", `sqlite:${file}`, "--listen", listen, ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Promise((done, fail) => {
    let said = "";
    const timer = setTimeout(() => {
      child.kill();
      fail(new Error(`${program} did not start within a minute:\n${said}`));
    }, 60_000);
    const hear = (text: Buffer) => {
      said += text;
      const address = /Weft is at (http:\/\/\S+)/.exec(said)?.[1];
      if (!address) return;
      clearTimeout(timer);
      done({ address, process: child });
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("error", (error) => {
      clearTimeout(timer);
      fail(
        new Error(`${program} could not be started: build it first, or name it in WEFT_BIN`, {
          cause: error,
        }),
      );
    });
    child.on("exit", (code) => {
      clearTimeout(timer);
      fail(new Error(`${program} ended with ${code}:\n${said}`));
    });
  });
}

/** Stops a server in good order. */
export function stop(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null) return done();
    child.on("exit", () => done());
    child.kill("SIGTERM");
  });
}
