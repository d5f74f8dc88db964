import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { WebParts } from "../web.ts";

/** Proxies and sleeping laptops cut silent connections. */
const BEAT_MS = 15_000;

/**
 * The events: first everything, or the changes since `?after=`, then each change. Values that a slow reader has not taken yet
 * are replaced by newer ones.
 */
export function eventRoutes({ feed, signal: ending }: WebParts): Hono {
  return new Hono().get("/", (c) =>
    streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      const signal = AbortSignal.any([gone.signal, ending]);
      let id = c.req.query("after");
      while (!signal.aborted) {
        const part = feed.since(id);
        if (part !== undefined) {
          id = part.id;
          await stream.writeSSE({ id, event: part.kind, data: JSON.stringify(part.values) });
          continue;
        }
        const beat = AbortSignal.timeout(BEAT_MS);
        await feed.next(id ?? "", AbortSignal.any([signal, beat]));
        if (beat.aborted && !signal.aborted) await stream.write(": still here\n\n");
      }
    }),
  );
}
