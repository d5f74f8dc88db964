import { once } from "node:events";
import { open } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { join } from "node:path";

/** How slow a {@link createPacedListener} is. */
export interface Pace {
  readonly bytesPerSecond: number;
  /** Before every answer. */
  readonly latencyMs: number;
  /** What the third connection of every run does instead: so many bytes a second after its first MB; 0 is none. */
  readonly thirdBytesPerSecond?: number | undefined;
}

const PIECE_BYTES = 256 * 1024;
const SICK_AFTER_BYTES = 1024 * 1024;
// Between two runs nothing is asked for so long.
const PAUSE_MS = 300;

/**
 * Serves `/repos/<org>/<name>/<commit>/<path>` from `<root>/<org>/<name>/<path>` at a steady rate a connection.
 * nginx's `limit_rate` cannot stand in for it: it lets every request start with a second's worth at once, so that a
 * client of many short requests would not be slowed at all.
 */
export function createPacedListener(
  root: string,
  pace: Pace,
): (request: IncomingMessage, response: ServerResponse) => void {
  const freeAt = new WeakMap<Socket, number>();
  const { thirdBytesPerSecond } = pace;
  let active = 0;
  let quietSince = 0;
  let sockets = new Set<Socket>();
  let sick: Socket | undefined;

  /** Notes a request, and which connection of a run is the third. */
  const enter = (socket: Socket): void => {
    if (active === 0 && performance.now() - quietSince > PAUSE_MS) sockets = new Set();
    active += 1;
    sockets.add(socket);
    if (sockets.size === 3) sick ??= socket;
    if (sockets.size < 3) sick = undefined;
  };
  const leave = (): void => {
    active -= 1;
    quietSince = performance.now();
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    const [, , org = "", name = "", , ...rest] = path.split("/");
    const file = await open(join(root, org, name, ...rest));
    try {
      const { size } = await file.stat();
      const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
      const start = Number(match?.[1] ?? 0);
      const end = match?.[2] ? Math.min(size, Number(match[2]) + 1) : size;
      await sleep(pace.latencyMs);
      response.writeHead(match ? 206 : 200, {
        "content-length": end - start,
        "content-type": "application/octet-stream",
        "accept-ranges": "bytes",
        etag: `"${size.toString(16)}-${name}"`,
        ...(match ? { "content-range": `bytes ${start}-${end - 1}/${size}` } : {}),
      });
      if (request.method === "HEAD") return void response.end();
      const buffer = Buffer.allocUnsafe(PIECE_BYTES);
      for (let at = start; at < end && !response.destroyed;) {
        const ill =
          thirdBytesPerSecond !== undefined &&
          request.socket === sick &&
          at - start >= SICK_AFTER_BYTES;
        const piece = ill ? Math.max(1, Math.ceil((thirdBytesPerSecond ?? 0) / 10)) : PIECE_BYTES;
        const { bytesRead } = await file.read(buffer, 0, Math.min(piece, end - at), at);
        if (ill && thirdBytesPerSecond === 0) return void (await once(response, "close"));
        if (ill && thirdBytesPerSecond !== undefined) await sleep(100);
        else await untilFree(request.socket, bytesRead);
        await written(response, buffer.subarray(0, bytesRead));
        at += bytesRead;
      }
      response.end();
    } finally {
      await file.close();
    }
  };

  /** Waits until the connection has earned `bytes`; idle time earns nothing. */
  const untilFree = async (socket: Socket, bytes: number): Promise<void> => {
    const now = performance.now();
    const due = Math.max(freeAt.get(socket) ?? 0, now - 50) + (bytes / pace.bytesPerSecond) * 1000;
    freeAt.set(socket, due);
    if (due - now >= 1) await sleep(due - now);
  };

  return (request, response) => {
    response.on("error", () => {}); // the client hung up; "close" follows
    enter(request.socket);
    serve(request, response)
      .catch(() => response.destroy())
      .finally(leave);
  };
}

function written(response: ServerResponse, piece: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("close", done);
      resolve();
    };
    response.once("close", done);
    response.write(piece, done);
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
