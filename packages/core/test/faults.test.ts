import type { FaultEffect } from "@mlx-download/hub-server/testing";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { exists, failure, filesBelow, provedBlobs, type Road, startRoad } from "./fixture.ts";
import { serve } from "./serve.ts";

// A file in one request, and one in several segments.
const FILES = {
  small: { "config.json": { size: 40_000, seed: 1 } },
  large: { "model.safetensors": { size: 24_000_000, seed: 2 } },
} as const;
const on = ["resolve", "cdn"] as const;

const FAULTS: Record<string, FaultEffect> = {
  "one flipped byte": { kind: "wrongBytes", offset: 20_000 },
  "a body shorter than the listing, with an honest-looking length": {
    kind: "short",
    missingBytes: 10_000,
  },
  "a chunked body that ends early": { kind: "chunkedEarlyEnd", afterBytes: 10_000 },
  "a connection cut in the body": { kind: "cut", afterBytes: 10_000, reset: true },
  "a connection cut before the answer": { kind: "hangUp" },
  "503 from the storage": { kind: "status", status: 503 },
  "429 with Retry-After": { kind: "status", status: 429, retryAfter: 0 },
  "a web page in the file's place": { kind: "loginPage" },
  "a part that begins elsewhere": { kind: "wrongContentRange" },
  "the whole file instead of a part": { kind: "ignoreRange" },
  "a part called 200, without Content-Range": { kind: "rangeAs200" },
  "416 for bytes that exist": { kind: "rangeRefused" },
  "another ETag": { kind: "changedEtag" },
};

const sizes = Object.keys(FILES) as (keyof typeof FILES)[];

/** A run that is stopped while the file comes; a large one leaves some of it behind. */
async function stoppedRun({ hub, get }: Road, size: keyof typeof FILES): Promise<void> {
  const slow = hub.faults.add({ on, kind: "slow", bytesPerSecond: 10_000_000 });
  const stop = new AbortController();
  const stopped = get("acme/faulty", {
    signal: stop.signal,
    onEvent(event) {
      if (event.type === "file-started" && size === "small") stop.abort(new Error("stop"));
      if (event.type === "progress" && event.bytes.fetched > 2_000_000)
        stop.abort(new Error("stop"));
    },
  });
  await expect(stopped).rejects.toThrow("stop");
  slow.remove();
}

/** Adds a fault that is met once; a wrong byte only by an answer that holds it. */
function once(hub: Road["hub"], fault: FaultEffect): { readonly hits: () => number } {
  if (fault.kind !== "wrongBytes") {
    const added = hub.faults.add({ on, times: 1, ...fault });
    return { hits: () => added.hits };
  }
  let hits = 0;
  const added = hub.faults.add({
    on,
    ...fault,
    onHit({ range }) {
      const [, start = "0", end = "1e12"] = /bytes=(\d+)-(\d+)/.exec(range ?? "") ?? [];
      if (fault.offset < Number(start) || fault.offset > Number(end)) return;
      hits += 1;
      added.remove();
    },
  });
  return { hits: () => hits };
}

/** What became of every fault, by size and kind of run. */
const table = new Map<string, Map<string, string>>();
const note = (fault: string, cell: string, outcome: string): void => {
  const row = table.get(fault) ?? new Map<string, string>();
  table.set(fault, row.set(cell, outcome));
};
afterAll(() => {
  const cells = [...new Set([...table.values()].flatMap((row) => [...row.keys()]))];
  const rows = [...table].map(([fault, row]) => [
    fault,
    ...cells.map((cell) => row.get(cell) ?? "–"),
  ]);
  const lines = [["fault", ...cells], ...rows].map((row) => `| ${row.join(" | ")} |`);
  process.stdout.write(`${lines.join("\n")}\n`);
});

describe.each(sizes)("%s file", (size) => {
  describe.each(["fresh", "resumed"] as const)("%s", (kind) => {
    test.each(Object.entries(FAULTS))(
      "%s, once: the model is whole in the end",
      async (name, effect) => {
        const road = await startRoad();
        const { hub, get, cacheDir } = road;
        await hub.addRepo("acme/faulty", FILES[size]);
        if (kind === "resumed") await stoppedRun(road, size);
        // A wrong byte in what is here already would be met by nobody.
        const late = kind === "resumed" && size === "large" && effect.kind === "wrongBytes";
        const added = once(hub, late ? { ...effect, offset: 23_000_000 } : effect);
        const { bytes } = await get("acme/faulty");
        expect(bytes.fetched + bytes.resumed).toBe(bytes.total);
        expect(bytes.resumed > 0).toBe(kind === "resumed" && size === "large");
        expect(await provedBlobs(cacheDir, "acme/faulty")).toHaveLength(1);
        expect(added.hits()).toBe(1);
        note(name, `${size}, ${kind}, once`, "whole");
      },
    );
  });

  // A server that is never well costs all retries, fifteen seconds each: MLX_DOWNLOAD_FAULTS=all.
  const endless = process.env["MLX_DOWNLOAD_FAULTS"] === "all" ? Object.entries(FAULTS) : [];
  test.each(endless)(
    "%s, always: the model is whole in the end, or a coded error and nothing published",
    async (name, fault) => {
      const { hub, get, cacheDir } = await startRoad();
      await hub.addRepo("acme/faulty", FILES[size]);
      hub.faults.add({ on, ...fault });
      const outcome = await get("acme/faulty").then(
        () => "whole",
        (error: unknown) => (error as { code?: string }).code ?? String(error),
      );
      expect(outcome).toMatch(/^(whole|(transfer|hub)\/[a-z-]+)$/);
      const blobs = await provedBlobs(cacheDir, "acme/faulty");
      expect(blobs).toHaveLength(outcome === "whole" ? 1 : 0);
      note(name, `${size}, always`, outcome);
    },
    120_000,
  );

  test.each(["ignoreRange", "rangeAs200", "changedEtag"] as const)(
    "%s, always: the model is whole in the end",
    async (kind) => {
      const { hub, get, cacheDir } = await startRoad();
      await hub.addRepo("acme/faulty", FILES[size]);
      hub.faults.add({ on, kind });
      await get("acme/faulty");
      expect(await provedBlobs(cacheDir, "acme/faulty")).toHaveLength(1);
    },
  );

  test("ranges ignored, always, beside a peer that has nothing: the model is whole in the end", async () => {
    const { hub, get, cacheDir } = await startRoad();
    const peer = await serve((_request, response) => void response.writeHead(404).end());
    await hub.addRepo("acme/faulty", FILES[size]);
    hub.faults.add({ on, kind: "ignoreRange" });
    await get("acme/faulty", { peers: peer.url });
    expect(await provedBlobs(cacheDir, "acme/faulty")).toHaveLength(1);
  });

  test.each([
    ["one flipped byte", { kind: "wrongBytes", offset: 20_000 }, "transfer/checksum-mismatch"],
    ["a short body", { kind: "short", missingBytes: 10_000 }, "transfer/size-mismatch"],
    ["an early end", { kind: "chunkedEarlyEnd", afterBytes: 5_000 }, "transfer/size-mismatch"],
  ] as const)(
    "%s, always: nothing is published",
    async (_, fault, code) => {
      const { hub, get, cacheDir } = await startRoad();
      await hub.addRepo("acme/faulty", FILES[size]);
      hub.faults.add({ on, ...fault });
      const error = await failure(get("acme/faulty"));
      expect(error.code).toBe(code);
      expect(error.hint).not.toBe("");
      expect(await provedBlobs(cacheDir, "acme/faulty")).toEqual([]);
      const repo = join(cacheDir, "models--acme--faulty");
      expect(await filesBelow(join(repo, "snapshots"))).toEqual([]);
      expect(await exists(join(repo, "refs/main"))).toBe(false);
    },
    60_000,
  );
});

test("a digest in the listing that no byte matches is never published", async () => {
  const { hub, get, cacheDir } = await startRoad();
  await hub.addRepo("acme/liar", FILES.large, {
    tree: (entries) =>
      entries.map((entry) => ({
        ...entry,
        lfs: { oid: "ab".repeat(32), size: 24_000_000, pointerSize: 134 },
      })),
  });
  expect((await failure(get("acme/liar"))).code).toBe("transfer/checksum-mismatch");
  expect(await filesBelow(join(cacheDir, "models--acme--liar/snapshots"))).toEqual([]);
});

test("cuts again and again end well as long as each brings something", async () => {
  const { hub, get, cacheDir } = await startRoad();
  await hub.addRepo("acme/shaky", FILES.large);
  hub.faults.add({ on: "cdn", kind: "cut", afterBytes: 1_500_000, reset: false });
  const { bytes } = await get("acme/shaky");
  expect(bytes.fetched).toBe(24_000_000);
  // Nothing that arrived is asked for again, but for what is under way when a slow piece is shared.
  expect(bytes.wire).toBeLessThan(24_000_000 + 8 * 512 * 1024);
  await provedBlobs(cacheDir, "acme/shaky");
}, 120_000);

test("a signed address that expires is resolved anew, and only once for all its segments", async () => {
  const { hub, get } = await startRoad();
  await hub.addRepo("acme/expired", FILES.large);
  hub.faults.add({ on: "cdn", nth: 2, kind: "expiredSignature" });
  await get("acme/expired");
  const resolved = hub.log.of({ target: "resolve", path: "model.safetensors" });
  expect(resolved.length).toBeLessThanOrEqual(3);
});

test("a stalled segment is asked for again, and the stall is told", async () => {
  const { hub, get, events } = await startRoad();
  await hub.addRepo("acme/stalled", FILES.large);
  hub.faults.add({ on: "cdn", nth: 2, kind: "stall", afterBytes: 100_000 });
  // With a second connection the stalled piece may be taken over before its silence is long enough to be told.
  await get("acme/stalled", { connections: 1, env: { HF_HUB_DOWNLOAD_TIMEOUT: "1" } });
  expect(events.some((event) => event.type === "stalled")).toBe(true);
}, 60_000);

test("a piece that is taken over because it stands still is told as stalled", async () => {
  const { hub, get, events } = await startRoad();
  await hub.addRepo("acme/taken", FILES.large);
  hub.faults.add({ on: "cdn", nth: 2, kind: "stall", afterBytes: 100_000 });
  await get("acme/taken");
  const [stall] = events.filter((event) => event.type === "stalled");
  expect(stall).toMatchObject({ path: "model.safetensors" });
  // Long before the connection itself would have been given up.
  expect(stall?.idleMs).toBeLessThan(10_000);
  expect(events.some((event) => event.type === "retry")).toBe(false);
}, 60_000);

test("no segment is asked for twice and all of them together are the file", async () => {
  const { hub, get } = await startRoad();
  await hub.addRepo("acme/plain", FILES.large);
  const { bytes } = await get("acme/plain");
  expect(bytes.wire).toBeLessThan(24_000_000 + 8 * 512 * 1024);
  const sent = hub.log.of({ target: "cdn", method: "GET" });
  // A slow machine may share a piece in the middle; its sockets then hold a little more.
  expect(sent.reduce((sum, entry) => sum + entry.bytesSent, 0)).toBeLessThan(32_000_000);
});
