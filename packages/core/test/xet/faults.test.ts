/* oxlint-disable vitest/no-standalone-expect -- a row runs in a test, see the end */
// The complaints of users about other clients of Xet storage, each as a test. A number is that of the row in the list
// of requirements.
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Fault } from "@mlx-download/hub-server/testing";
import { expect, onTestFinished, test } from "vitest";
import type { DownloadOptions } from "../../src/contract/options.ts";
import type { DownloadEvent } from "../../src/contract/events.ts";
import { provedBlobs } from "../fixture.ts";
import { closedAddress } from "../serve.ts";
import { noise, startXetRoad, words, type XetRoad } from "./xet-hub.ts";

const SIZE = 3_000_000;
// As many as the complaint was about with MLX_DOWNLOAD_LONG=1.
const MANY_FILES = process.env["MLX_DOWNLOAD_LONG"] === "1" ? 200 : 24;
const FAST = { HF_HUB_DOWNLOAD_TIMEOUT: "1", HF_HUB_ETAG_TIMEOUT: "1" } as const;
const on = { xet: "on", env: FAST } as const;

const rows: { readonly name: string; readonly run: () => Promise<void> }[] = [];
/** A row of the list. */
const row = (name: string, run: () => Promise<void>): void => void rows.push({ name, run });

/** A repo of one large file. */
async function road(content: Buffer = noise(SIZE), chunksPerXorb = 12): Promise<XetRoad> {
  const started = await startXetRoad();
  await started.hub.addRepo(
    "org/model",
    { "model.safetensors": content },
    { xet: { chunksPerXorb } },
  );
  return started;
}

const switches = (events: readonly DownloadEvent[]) =>
  events.flatMap((event) => (event.type === "source-switched" ? [event] : []));
const retries = (events: readonly DownloadEvent[]) =>
  events.flatMap((event) => (event.type === "retry" ? [event] : []));
const plainRequests = ({ hub }: XetRoad) => hub.log.of({ target: "cdn" });
const xorbRequests = ({ hub }: XetRoad) => hub.log.of({ target: "xorb" });

/** Downloads, and compares every byte. */
async function getRight(
  from: XetRoad,
  content: Buffer = noise(SIZE),
  options: DownloadOptions = {},
): Promise<Awaited<ReturnType<XetRoad["get"]>>> {
  const result = await from.get("org/model", { ...on, ...options });
  expect((await readFile(join(result.path, "model.safetensors"))).equals(content)).toBe(true);
  return result;
}

row("1: a connection that stalls is given up, and the rest asked for on another", async () => {
  const xet = await road();
  xet.hub.faults.add({ on: "xorb", kind: "stall", afterBytes: 65_536, times: 1 });
  await getRight(xet);
  expect(retries(xet.events)).toEqual([expect.objectContaining({ code: "transfer/stalled" })]);
  expect(plainRequests(xet)).toEqual([]);
});

const dead: Readonly<Record<string, readonly [Fault, string]>> = {
  "the storage hangs up": [{ on: "cas", kind: "hangUp" }, "list of ranges"],
  "the storage fails": [{ on: "cas", kind: "status", status: 500 }, "list of ranges"],
  "the storage says nothing": [{ on: "cas", kind: "stall" }, "list of ranges"],
  "the host of the bytes hangs up": [{ on: "xorb", kind: "hangUp" }, "the bytes"],
  "the host of the bytes stalls": [{ on: "xorb", kind: "stall", afterBytes: 70_000 }, "the bytes"],
  "the token is refused": [
    { on: "api", path: "*xet-read-token*", kind: "status", status: 403 },
    "a token",
  ],
  "the Hub has no token": [
    { on: "api", path: "*xet-read-token*", kind: "status", status: 404 },
    "a token",
  ],
};
for (const [what, [fault, phase]] of Object.entries(dead)) {
  row(
    `2: when ${what}, the plain route goes on, and an event says which host failed at what`,
    async () => {
      const xet = await road();
      xet.hub.faults.add(fault);
      const { bytes } = await getRight(xet);
      expect(bytes.fetched).toBe(SIZE);
      const [told] = switches(xet.events);
      expect(told?.message).toContain(phase);
      expect(told?.message).toContain(told?.from);
      expect(plainRequests(xet).length).toBeGreaterThan(0);
    },
  );
}

function tokenFor(casUrl: string): Fault {
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const body = JSON.stringify({ accessToken: "t", exp, casUrl });
  return { on: "api", path: "*xet-read-token*", kind: "status", status: 200, body };
}

row("3: a storage whose name is not known, or whose port is closed, is named", async () => {
  for (const casUrl of ["https://cas.invalid", closedAddress]) {
    const xet = await road();
    xet.hub.faults.add(tokenFor(casUrl));
    await getRight(xet);
    expect(switches(xet.events)[0]).toMatchObject({
      from: new URL(casUrl).host,
      code: "xet/unavailable",
    });
  }
});

row(
  "4: the storage is asked through the proxy that the environment names, by its name as given",
  async () => {
    const xet = await road();
    xet.hub.faults.add(tokenFor("https://cas.example"));
    const asked: string[] = [];
    const proxy = createServer().on("connect", ({ url = "" }, socket) => {
      asked.push(url);
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
    await new Promise<void>((resolve) => void proxy.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void proxy.close());
    const { port } = proxy.address() as AddressInfo;
    await getRight(xet, undefined, { env: { ...FAST, HTTPS_PROXY: `http://127.0.0.1:${port}` } });
    expect(new Set(asked)).toEqual(new Set(["cas.example:443"]));
    expect(switches(xet.events)[0]).toMatchObject({ from: "cas.example" });
  },
);

const wrong: Readonly<Record<string, readonly [Buffer, number]>> = {
  "a stored chunk": [noise(SIZE), 50_000],
  "an LZ4 payload": [words(SIZE), 9_000],
};
for (const [what, [content, offset]] of Object.entries(wrong)) {
  row(`5: a bit that flips in ${what} is found, the unit named and fetched again`, async () => {
    const xet = await road(content);
    xet.hub.faults.add({ on: "xorb", kind: "wrongBytes", offset, times: 1 });
    await getRight(xet, content);
    expect(retries(xet.events)).toEqual([
      expect.objectContaining({
        code: expect.stringMatching(/^xet\/(?:hash-mismatch|malformed-xorb)$/u),
        message: expect.stringMatching(/xorb [0-9a-f]{64}/u),
      }),
    ]);
    expect(plainRequests(xet)).toEqual([]);
  });
  row(
    `5: a storage that always flips a bit in ${what} is left for the plain route, and nothing wrong is published`,
    async () => {
      const xet = await road(content);
      xet.hub.faults.add({ on: "xorb", kind: "wrongBytes", offset });
      await getRight(xet, content);
      await provedBlobs(xet.cacheDir, "org/model");
      expect(plainRequests(xet).length).toBeGreaterThan(0);
    },
  );
}

row("5: chunks that were swapped, and another xorb's bytes, are found as well", async () => {
  const content = noise(SIZE);
  for (const swap of ["chunks", "xorb"] as const) {
    const xet = await road(content);
    const hashes = [...new Set(reconstructedXorbs(xet))];
    const [first = "", second = ""] = hashes;
    const { blob, chunks } = xet.xet.store.xorb(first) ?? fail();
    const other = xet.xet.store.xorb(second) ?? fail();
    const bytes = await bytesOf(blob);
    const [a, b] = chunks;
    const changed =
      swap === "xorb"
        ? (await bytesOf(other.blob)).subarray(0, bytes.length)
        : Buffer.concat([
            bytes.subarray(b?.start, b?.end),
            bytes.subarray(a?.start, a?.end),
            bytes.subarray(b?.end),
          ]);
    const padded = Buffer.concat([changed, noise(bytes.length - changed.length)]);
    xet.xet.store.linkXorb(first, blobOf(padded), chunks);
    await getRight(xet, content);
    expect(retries(xet.events).length + switches(xet.events).length).toBeGreaterThan(0);
  }
});

const short = JSON.stringify({ offset_into_first_range: 0, terms: [], xorbs: {} });
const ends: Readonly<Record<string, Fault>> = {
  "a 416 for the list": { on: "cas", kind: "status", status: 416 },
  "a list that ends too early": { on: "cas", kind: "status", status: 200, body: short },
  "a 416 inside the file": { on: "xorb", kind: "status", status: 416 },
};
for (const [what, fault] of Object.entries(ends)) {
  row(`6: ${what} is an error, and not the file's end`, async () => {
    const once = await road();
    once.hub.faults.add({ ...fault, times: 1 });
    await getRight(once);
    expect(plainRequests(once)).toEqual([]);
    const always = await road();
    always.hub.faults.add(fault);
    await getRight(always);
    expect(switches(always.events)).toHaveLength(1);
  });
}

row(
  "7: a 403 with an hour left is no expiry: its words are shown, and nothing is asked in a loop",
  async () => {
    const xet = await road();
    const body = "SignatureError: invalid key pair id";
    xet.hub.faults.add({ on: "xorb", kind: "status", status: 403, body });
    await getRight(xet);
    expect(switches(xet.events)[0]?.message).toContain(body);
    expect(xorbRequests(xet).length).toBeLessThanOrEqual(8);
    expect(xet.hub.log.of({ target: "cas" })).toHaveLength(1);
  },
);

row(
  "8: addresses and tokens that end on the way are renewed for all, and nothing comes twice",
  async () => {
    const xet = await road();
    xet.xet.behaviour.urlSeconds = 1;
    xet.xet.behaviour.tokenSeconds = 2;
    xet.hub.faults.add({ on: "xorb", kind: "slow", bytesPerSecond: 400_000 });
    const { bytes } = await getRight(xet, undefined, { connections: 2 });
    expect(plainRequests(xet)).toEqual([]);
    expect(xet.hub.log.of({ target: "cas" }).length).toBeGreaterThan(1);
    expect(xet.hub.log.of(({ path }) => path.includes("xet-read-token")).length).toBeGreaterThan(1);
    expect(bytes.wire).toBeLessThan(1.1 * SIZE);
  },
);

row(
  "8: a 401 of the storage gets a new token once, and a 403 for an address that has ended a new address",
  async () => {
    const xet = await road();
    xet.hub.faults.add({ on: "cas", kind: "status", status: 401, times: 1 });
    await getRight(xet);
    expect(xet.hub.log.of(({ path }) => path.includes("xet-read-token"))).toHaveLength(2);
    const late = await road();
    late.xet.behaviour.urlSeconds = -1;
    const renewed = late.hub.log.waitFor({ target: "xorb", status: 403 });
    void renewed.then(() => (late.xet.behaviour.urlSeconds = 3600));
    await getRight(late);
  },
);

row("10: a truncated file of another client is left alone", async () => {
  const xet = await road();
  const hex = "0".repeat(64);
  await xet.get("org/model", { ...on, include: "nothing.txt" }).catch(() => undefined);
  const { path } = await getRight(xet);
  const foreign = join(path, "../../blobs", `${hex}.incomplete`);
  await writeFile(foreign, "half");
  await getRight(xet, undefined, { force: true });
  expect(await readFile(foreign, "utf8")).toBe("half");
});

row("12: never more connections than the budget has, over both routes", async () => {
  const xet = await road(noise(SIZE), 2);
  let most = 0;
  await getRight(xet, undefined, {
    connections: 3,
    onEvent: (event) => {
      if (event.type === "progress") most = Math.max(most, event.connections);
    },
  });
  expect(most).toBeLessThanOrEqual(3);
});

row("13: the rate limit is asked about every byte of the wire", async () => {
  const xet = await road(words(SIZE));
  let spent = 0;
  const limitRate = {
    bytesPerSecond: 1e9,
    portion: 30_000,
    spend(bytes: number) {
      expect(bytes).toBeLessThanOrEqual(30_000);
      spent += bytes;
      return undefined;
    },
  };
  const { bytes } = await getRight(xet, words(SIZE), { limitRate });
  expect(spent).toBe(bytes.wire);
});

row("14: many files ask for one token, and a Retry-After is a pause of all of them", async () => {
  const xet = await startXetRoad();
  const files = Object.fromEntries(
    Array.from({ length: MANY_FILES }, (_, index) => [
      `part-${index}.safetensors`,
      noise(1_100_000, index + 1),
    ]),
  );
  await xet.hub.addRepo("org/model", files, { xet: { packing: "stored" } });
  xet.hub.faults.add({ on: "cas", kind: "status", status: 429, retryAfter: 2, times: 3 });
  await xet.get("org/model", on);
  expect(xet.hub.log.of(({ path }) => path.includes("xet-read-token"))).toHaveLength(1);
  const waits = xet.events.filter((event) => event.type === "waiting");
  expect(waits).toHaveLength(1);
  expect(switches(xet.events)).toEqual([]);
  expect(plainRequests(xet)).toEqual([]);
  await provedBlobs(xet.cacheDir, "org/model");
});

row(
  "15: progress moves while one range is on its way, and its total is the file's size",
  async () => {
    const xet = await road(noise(SIZE), 1000);
    xet.hub.faults.add({ on: "xorb", kind: "slow", bytesPerSecond: 1_500_000 });
    const seen = new Set<number>();
    await getRight(xet, undefined, {
      onEvent: (event) => {
        if (event.type !== "progress") return;
        seen.add(event.bytes.fetched);
        expect(event.bytes.total).toBe(SIZE);
        expect(event.bytes.fetched).toBeLessThanOrEqual(SIZE);
      },
    });
    expect(xorbRequests(xet)).toHaveLength(1);
    expect(seen.size).toBeGreaterThan(5);
  },
);

for (const exactRanges of [false, true]) {
  row(
    `16: a body that breaks at a chunk's end or beside it goes on from there, ${exactRanges ? "the range being fetched again where parts are refused" : "and no byte comes twice"}`,
    async () => {
      const content = noise(1_200_000);
      const xet = await road(content, 1000);
      xet.xet.behaviour.exactRanges = exactRanges;
      const { chunks } = xet.xet.store.xorb(reconstructedXorbs(xet)[0] ?? "") ?? fail();
      const places = chunks.slice(0, 2).flatMap(({ end }) => [end - 1, end, end + 1]);
      for (const afterBytes of places) {
        xet.hub.faults.clear();
        xet.hub.faults.add({ on: "xorb", kind: "cut", afterBytes, times: 1 });
        const { bytes } = await getRight(xet, content, { force: true });
        const whole = chunks.at(-1)?.end ?? 0;
        expect(bytes.wire).toBe(exactRanges ? whole + afterBytes : whole);
      }
      expect(plainRequests(xet)).toEqual([]);
    },
  );
}

row(
  "17: an abort ends it in every phase, and leaves a journal that the next run goes on from",
  async () => {
    for (const [target, path] of [
      ["api", "*xet-read-token*"],
      ["cas", "*"],
      ["xorb", "*"],
    ] as const) {
      const xet = await road(noise(SIZE), 1000);
      const abort = new AbortController();
      const slow = xet.hub.faults.add({ on: "xorb", kind: "slow", bytesPerSecond: 1_000_000 });
      const held = Promise.withResolvers<void>();
      if (target !== "xorb")
        xet.hub.faults.add({ on: target, path, kind: "hold", until: held.promise });
      const running = xet.get("org/model", {
        ...on,
        signal: abort.signal,
        onEvent: (event) => {
          if (event.type === "progress" && event.bytes.fetched > 500_000) abort.abort();
        },
      });
      if (target !== "xorb") {
        await xet.hub.log.waitFor(
          (entry) => entry.target === target && entry.path.includes(path.replaceAll("*", "")),
        );
        abort.abort();
      }
      await expect(running).rejects.toMatchObject({ name: "AbortError" });
      held.resolve();
      slow.remove();
      xet.hub.faults.clear();
      const { bytes } = await getRight(xet, noise(SIZE));
      expect(bytes.resumed > 0).toBe(target === "xorb");
    }
  },
);

row("19: a mirror that gives no token for a storage gives the files itself", async () => {
  const xet = await startXetRoad({ xet: false, announceXet: true });
  const content = noise(SIZE);
  await xet.hub.addRepo("org/model", { "model.safetensors": content });
  const result = await xet.get("org/model", on);
  expect((await readFile(join(result.path, "model.safetensors"))).equals(content)).toBe(true);
  expect(xet.hub.log.of({ target: "elsewhere" })).toEqual([]);
});

row("20: a hash that is none is no way to the file", async () => {
  const xet = await startXetRoad();
  const content = noise(SIZE);
  await xet.hub.addRepo(
    "org/model",
    { "model.safetensors": content },
    { tree: (entries) => entries.map((entry) => ({ ...entry, xetHash: "*".repeat(64) })) },
  );
  await getRight(xet, content);
  expect(xet.hub.log.of({ target: "cas" })).toEqual([]);
});

const garbage: Readonly<Record<string, Fault>> = {
  "a web page": { on: "xorb", kind: "loginPage" },
  "the whole xorb with 200": { on: "xorb", kind: "rangeAs200" },
  "other bytes than asked for": { on: "xorb", kind: "wrongContentRange" },
  "a packed body": { on: "xorb", kind: "setHeaders", headers: { "content-encoding": "gzip" } },
  "two chunks less": { on: "xorb", kind: "short", missingBytes: 130_000 },
  "half of the list": { on: "cas", kind: "truncatedJson" },
};
for (const [what, fault] of Object.entries(garbage)) {
  row(`21: ${what} is asked for once more, and then the plain route takes the file`, async () => {
    const once = await road();
    once.hub.faults.add({ ...fault, times: 1 });
    await getRight(once);
    expect(plainRequests(once)).toEqual([]);
    const always = await road();
    always.hub.faults.add(fault);
    await getRight(always);
    expect(switches(always.events)).toHaveLength(1);
    await provedBlobs(always.cacheDir, "org/model");
  });
}

row("22: many small ranges come one a request", async () => {
  const xet = await road(noise(SIZE), 1);
  await getRight(xet);
  const asked = xorbRequests(xet);
  expect(asked.length).toBeGreaterThan(30);
  expect(asked.every(({ range = "" }) => /^bytes=\d+-\d+$/u.test(range))).toBe(true);
  expect(new Set(asked.map(({ url }) => url)).size).toBe(asked.length);
});

row(
  "24: nothing else is asked for than the way needs, and no token goes where it does not belong",
  async () => {
    const xet = await road();
    xet.hub.store.addUser({ name: "anna", tokens: ["hf_anna"], orgs: [] });
    await getRight(xet, undefined, { token: "hf_anna" });
    const kinds = new Set(
      xet.hub.log.entries.map(({ target, method, path }) => {
        const [, first = "", second = ""] = path.split("/");
        return `${method} ${target} ${target === "api" ? path.split("/")[5] : `${first}/${second}`}`;
      }),
    );
    expect([...kinds].toSorted()).toEqual([
      "GET api revision",
      "GET api tree",
      "GET api xet-read-token",
      "GET cas v2/reconstructions",
      "GET xorb xorbs/default",
    ]);
    expect(xorbRequests(xet).every(({ authorization }) => !authorization)).toBe(true);
    const sent = xet.hub.log.of({ target: "cas" }).map(({ headers }) => headers["authorization"]);
    expect(sent.every((value) => value !== undefined && !String(value).includes("hf_anna"))).toBe(
      true,
    );
  },
);

function reconstructedXorbs({ xet }: XetRoad): string[] {
  const { store } = xet;
  return store.fileHashes().flatMap((hash) => (store.file(hash) ?? []).map(({ xorb }) => xorb));
}

function fail(): never {
  throw new Error("the storage has it");
}

type Blob = NonNullable<ReturnType<XetRoad["xet"]["store"]["xorb"]>>["blob"];

async function bytesOf(blob: Blob): Promise<Buffer> {
  const bytes = Buffer.alloc(blob.size);
  const reader = await blob.open();
  for (let at = 0; at < bytes.length;) at += await reader.read(bytes.subarray(at), at);
  await reader.close();
  return bytes;
}

function blobOf(bytes: Buffer): Blob {
  return {
    size: bytes.length,
    open: () =>
      Promise.resolve({
        read(target: Uint8Array, position: number) {
          const part = bytes.subarray(position, position + target.byteLength);
          target.set(part);
          return Promise.resolve(part.byteLength);
        },
        close: () => Promise.resolve(),
      }),
  };
}

// Rows wait for most of their time: for time limits, for servers that ask for patience. So some run side by side.
const AT_ONCE = 5;
for (const [first, last] of [
  [1, 4],
  [5, 7],
  [8, 15],
  [16, 24],
] as const) {
  test(`rows ${first} to ${last}: whatever goes wrong, the right bytes come`, async () => {
    const queue = rows
      .filter(({ name }) => Number.parseInt(name, 10) >= first && Number.parseInt(name, 10) <= last)
      .values();
    const failed: Error[] = [];
    const lane = async (): Promise<void> => {
      for (const { name, run } of queue) {
        try {
          await run();
        } catch (error) {
          failed.push(new Error(`${name}: ${(error as Error).message}`, { cause: error }));
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    expect(failed.map(({ message }) => message)).toEqual([]);
  });
}
