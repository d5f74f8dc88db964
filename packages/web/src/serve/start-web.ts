import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { tryLock } from "@mlx-download/cache/writing";
import { WebError } from "../errors.ts";
import { keepToken, writePrivate } from "../gate/token.ts";
import { readPageFiles } from "../page/page-files.ts";
import { createApp } from "../routes/app.ts";
import { openParts, type WebOptions } from "../web.ts";
import { listenLocally } from "./listen.ts";

/** Options of {@link startWeb}. */
export interface StartWebOptions extends WebOptions {
  /** Default: the port of the last time, then 7347, then any free one. */
  readonly port?: number | undefined;
  /** Make a new token. Pages that are open must be opened again. */
  readonly newToken?: boolean | undefined;
}

/** The page's server, this process's or one that ran already. */
export interface RunningWeb {
  /** `http://127.0.0.1:7347/` */
  readonly url: string;
  /** The same with the token behind `#`, where no server, log or Referer sees it. */
  readonly urlWithToken: string;
  readonly pid: number;
  readonly tokenFile: string;
  /** Another process serves this user's page, and nothing was started. */
  readonly already: boolean;
  /** Stops the downloads, keeps their bytes, and ends. */
  close(): Promise<void>;
}

/** The note of a running server about itself. */
interface RunNote {
  readonly port: number;
  readonly pid: number;
}

/** In no list of well-known services. */
const USUAL_PORT = 7347;

/**
 * Starts the page, or finds the one of this user that runs. Throws `web/port-taken`, `web/no-state` where the state folder
 * cannot be written, and `settings/invalid`.
 */
export async function startWeb(options: StartWebOptions): Promise<RunningWeb> {
  const { stateDir } = options;
  const tokenFile = join(stateDir, "token");
  const notePath = join(stateDir, "running.json");
  const prepared = await prepare(stateDir);
  const note = await readNote(notePath);
  if (prepared === undefined) {
    const token = await keepToken(tokenFile);
    const { port = USUAL_PORT, pid = 0 } = note ?? {};
    return { ...addresses(port, token), pid, tokenFile, already: true, close: async () => {} };
  }
  let stop = async (): Promise<void> => prepared.release();
  try {
    const token = await keepToken(tokenFile, options.newToken);
    const files = await readPageFiles();
    const parts = await openParts(options, join(stateDir, "queue.json"));
    stop = async () => {
      await parts[Symbol.asyncDispose]();
      await prepared.release();
    };
    let port = 0;
    const app = createApp(parts, () => ({ port, token }), files);
    const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
    const ports =
      options.port === undefined ? [note?.port ?? USUAL_PORT, USUAL_PORT, 0] : [options.port];
    const listening = await listenLocally((request, response) => {
      listener(request, response).catch(() => response.destroy());
    }, ports);
    port = listening.port;
    const running: RunNote = { port, pid: process.pid };
    await writePrivate(notePath, `${JSON.stringify({ schema: 1, ...running })}\n`);
    const close = async (): Promise<void> => {
      await Promise.all([parts[Symbol.asyncDispose](), listening.close()]);
      await prepared.release();
    };
    return { ...addresses(port, token), pid: process.pid, tokenFile, already: false, close };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepare(stateDir: string): Promise<{ release(): Promise<void> } | undefined> {
  try {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    return await tryLock(join(stateDir, "web.lock"));
  } catch (cause) {
    throw new WebError(`${stateDir} cannot be written`, "web/no-state", {
      hint: "Give yourself the right to write it, or name another folder in XDG_STATE_HOME.",
      data: { path: stateDir },
      cause,
    });
  }
}

async function readNote(path: string): Promise<RunNote | undefined> {
  try {
    const { port, pid } = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    const known = Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536;
    return known ? { port: Number(port), pid: Number(pid) } : undefined;
  } catch {
    return undefined;
  }
}

function addresses(port: number, token: string): { url: string; urlWithToken: string } {
  const url = `http://127.0.0.1:${port}/`;
  return { url, urlWithToken: `${url}#token=${token}` };
}
