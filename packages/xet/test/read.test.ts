import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { run, tempDir } from "@mlx-download/test-utils";
import { afterAll, expect, onTestFinished, test } from "vitest";
import {
  createDecodeThreads,
  createKernel,
  createUnitDecoder,
  type FetchUnit,
  kernelMemory,
  planUnits,
  proveFile,
  renewUnit,
  SLACK_BYTES,
  unitOutputs,
  urlExpiry,
} from "../src/index.ts";
import { clientOf, downloadFile, fetchUnit } from "./download.ts";
import { someContent, seeded } from "./random.ts";
import { storeFile } from "./store-file.ts";
import { startTestCas, type TestCas } from "./test-cas.ts";
import { splitmix } from "./vectors.ts";

const threads = createDecodeThreads();
afterAll(() => threads.close());

async function cas(): Promise<TestCas> {
  const started = await startTestCas();
  onTestFinished(() => started.close());
  return started;
}

const target = async (): Promise<string> => join(await tempDir(), "file");

for (const scheme of [0, 1, 2] as const) {
  test(`a file whose chunks are packed by scheme ${scheme} comes back byte by byte`, async () => {
    const storage = await cas();
    const data = someContent(seeded(scheme), 3_000_000);
    const file = { fileHash: storeFile(storage, data, { scheme, perXorb: 17 }), size: data.length };
    const { content, units } = await downloadFile(file, {
      url: storage.url,
      threads,
      path: await target(),
    });
    expect(Buffer.compare(content, data)).toBe(0);
    expect(units.length).toBeGreaterThan(1);
    expect(units.every(({ result }) => result.verified)).toBe(true);
  });
}

test("a chunk that the file has many times is fetched once", async () => {
  const storage = await cas();
  const data = new Uint8Array(3_000_000);
  const file = { fileHash: storeFile(storage, data), size: data.length };
  const { content, units } = await downloadFile(file, {
    url: storage.url,
    threads,
    path: await target(),
  });
  expect(Buffer.compare(content, data)).toBe(0);
  expect(units).toHaveLength(1);
  expect(units[0]?.unit.uses.length).toBeGreaterThan(20);
  expect(storage.requests.filter(({ path }) => path.includes("/data/"))).toHaveLength(1);
});

for (const cutsTerms of [false, true]) {
  test(`a file asked for in parts is whole, the storage ${cutsTerms ? "cutting terms to chunks" : "giving whole terms"}`, async () => {
    const storage = await cas();
    storage.cutsTerms = cutsTerms;
    const data = splitmix(5, 3_000_000);
    const file = { fileHash: storeFile(storage, data, { perXorb: 9 }), size: data.length };
    const { content } = await downloadFile(file, {
      url: storage.url,
      threads,
      path: await target(),
      partBytes: 400_001,
    });
    expect(Buffer.compare(content, data)).toBe(0);
  });
}

test("a part of a file is written to its place, and nothing beside it", async () => {
  const storage = await cas();
  const data = splitmix(6, 1_000_000);
  const file = { fileHash: storeFile(storage, data), size: data.length };
  const wanted = { start: 300_001, end: 500_002 };
  const parts = await clientOf(storage.url).reconstruct(file, { wanted });
  const outputs = planUnits(parts).flatMap(unitOutputs);
  expect(outputs).toEqual([wanted]);
});

test("a storage that knows only version 1 is asked for version 2 once", async () => {
  const storage = await cas();
  storage.versions = [1];
  const data = splitmix(7, 500_000);
  const file = { fileHash: storeFile(storage, data), size: data.length };
  const client = clientOf(storage.url);
  await client.reconstruct(file);
  const [part] = await client.reconstruct(file);
  expect(part?.terms.length).toBeGreaterThan(0);
  const asked = storage.requests.filter(({ path }) => path.includes("/reconstructions/"));
  expect(asked.map(({ path }) => path.slice(0, 3))).toEqual(["/v2", "/v1", "/v1"]);
});

test("a file that neither version knows is not found, and no version is remembered", async () => {
  const storage = await cas();
  const client = clientOf(storage.url);
  const missing = { fileHash: "1".repeat(64), size: 10 };
  await expect(client.reconstruct(missing)).rejects.toMatchObject({ code: "xet/not-found" });
  await expect(client.reconstruct(missing)).rejects.toMatchObject({ code: "xet/not-found" });
  const asked = storage.requests.filter(({ path }) => path.includes("/reconstructions/"));
  expect(asked.map(({ path }) => path.slice(0, 3))).toEqual(["/v2", "/v1", "/v2", "/v1"]);
});

test("all files of a repo share one token, asked for with the Hub's, which the storage never sees", async () => {
  const storage = await cas();
  const data = splitmix(8, 100_000);
  const file = { fileHash: storeFile(storage, data), size: data.length };
  const client = clientOf(storage.url);
  await Promise.all(Array.from({ length: 50 }, () => client.reconstruct(file)));
  const tokens = storage.requests.filter(({ path }) => path.includes("xet-read-token"));
  expect(tokens).toEqual([expect.objectContaining({ authorization: "Bearer hf_test" })]);
  const others = storage.requests.filter(({ path }) => !path.includes("xet-read-token"));
  expect(new Set(others.map(({ authorization }) => authorization))).toEqual(
    new Set(["Bearer test-token"]),
  );
});

test("a token that the storage refuses is replaced once", async () => {
  const storage = await cas();
  const data = splitmix(8, 100_000);
  const file = { fileHash: storeFile(storage, data), size: data.length };
  let refusals = 1;
  storage.fault = ({ path }, answer) => {
    if (path.includes("reconstructions") && refusals-- > 0) answer.status = 401;
  };
  await clientOf(storage.url).reconstruct(file);
  expect(storage.requests.map(({ path }) => path.split("/")[1])).toEqual([
    "api",
    "v2",
    "api",
    "v2",
  ]);
  refusals = 2;
  await expect(clientOf(storage.url).reconstruct(file)).rejects.toMatchObject({
    code: "xet/unauthorized",
  });
});

test("a token that cannot be had now can be had later", async () => {
  const storage = await cas();
  const data = splitmix(8, 100_000);
  const file = { fileHash: storeFile(storage, data), size: data.length };
  storage.fault = (_request, answer) => {
    answer.status = 429;
    answer.headers["retry-after"] = "2";
  };
  const client = clientOf(storage.url);
  await expect(client.reconstruct(file)).rejects.toMatchObject({
    code: "xet/rate-limited",
    data: { retryAfterMs: 2000, phase: "token" },
  });
  storage.fault = undefined;
  await expect(client.reconstruct(file)).resolves.toHaveLength(1);
});

test("a 416 inside the file is an error, not the end of the file", async () => {
  const storage = await cas();
  const data = splitmix(9, 1_000_000);
  const file = { fileHash: storeFile(storage, data), size: data.length };
  storage.fault = ({ range }, answer) => {
    if (range?.startsWith("bytes=500000-")) answer.status = 416;
  };
  await expect(
    clientOf(storage.url).reconstruct(file, { partBytes: 500_000 }),
  ).rejects.toMatchObject({ code: "xet/invalid-reconstruction", data: { fault: "416" } });
});

test("a host that cannot be reached is named with the phase", async () => {
  const storage = await cas();
  await storage.close();
  await expect(
    clientOf(storage.url).reconstruct({ fileHash: "1".repeat(64), size: 1 }),
  ).rejects.toMatchObject({
    code: "xet/unavailable",
    data: { phase: "token", host: new URL(storage.url).host },
  });
});

/** A file in a storage that changes the bytes of its answers. */
async function damaged(change: (body: Uint8Array) => Uint8Array): Promise<unknown> {
  const storage = await cas();
  const data = someContent(seeded(4), 1_000_000);
  const file = { fileHash: storeFile(storage, data, { scheme: 1 }), size: data.length };
  storage.fault = ({ path }, answer) => {
    if (path.includes("/data/")) answer.body = change(answer.body);
  };
  return downloadFile(file, { url: storage.url, threads, path: await target() }).then(
    () => "accepted",
    (error: unknown) => error,
  );
}

/** Ranges whose bytes are other ones, of the same length. */
const swaps: Readonly<Record<string, (body: Uint8Array) => Uint8Array>> = {
  "one bit in a payload": (body) => body.with(4000, (body[4000] ?? 0) ^ 4),
  "one bit in a header": (body) => body.with(6, (body[6] ?? 0) ^ 1),
  zeros: (body) => new Uint8Array(body.length),
  "a web page": (body) => Buffer.alloc(body.length, "<html><body>502 Bad Gateway</body></html>"),
};
for (const [name, change] of Object.entries(swaps)) {
  test(`${name} instead of the bytes of a unit is noticed, and the unit named`, async () => {
    const error = await damaged(change);
    expect(error).toMatchObject({
      code: expect.stringMatching(/^xet\/(?:malformed-xorb|hash-mismatch)$/u),
    });
    const { data } = error as { readonly data: Readonly<Record<string, unknown>> };
    const xorb =
      data["xorb"] ?? (data["suspects"] as readonly { readonly xorb: string }[])[0]?.xorb;
    expect(xorb).toMatch(/^[0-9a-f]{64}$/u);
    expect(JSON.stringify(data)).not.toContain("Expires");
  });
}

test("two swapped chunks, and the bytes of another xorb, do not pass for the file", async () => {
  const storage = await cas();
  const lengths = [10_000, 10_000, 10_000, 10_000];
  const data = splitmix(1, 40_000);
  const file = { fileHash: storeFile(storage, data, { lengths, perXorb: 2 }), size: data.length };
  const [one, other] = [...storage.xorbs.values()];
  const swapped = (body: Uint8Array): Uint8Array =>
    Buffer.concat([body.subarray(10_008), body.subarray(0, 10_008)]);
  for (const change of [swapped, () => other ?? new Uint8Array()]) {
    storage.fault = ({ path }, answer) => {
      const isFirst = Buffer.compare(answer.body, one ?? new Uint8Array()) === 0;
      if (path.includes("/data/") && isFirst) answer.body = change(answer.body);
    };
    const failed = downloadFile(file, { url: storage.url, threads, path: await target() });
    // Both units are whole xorbs: the one that is right is verified by itself.
    await expect(failed).rejects.toMatchObject({
      code: "xet/hash-mismatch",
      data: { suspects: [{ xorb: [...storage.xorbs.keys()][0] }] },
    });
  }
});

test("a disk that is full is the system's error, and the thread goes on with other units", async () => {
  const storage = await cas();
  const data = splitmix(10, 600_000);
  const file = { fileHash: storeFile(storage, data), size: data.length };
  const [unit] = planUnits(await clientOf(storage.url).reconstruct(file)) as [FetchUnit];
  const full = await open("/dev/full", "w");
  onTestFinished(() => full.close());
  await expect(fetchUnit(unit, { threads, descriptor: full.fd })).rejects.toMatchObject({
    code: "ENOSPC",
  });
  const { content } = await downloadFile(file, { url: storage.url, threads, path: await target() });
  expect(Buffer.compare(content, data)).toBe(0);
});

test("more units than there is room for wait for it, and one that is given up makes room", async () => {
  const storage = await cas();
  const data = splitmix(11, 200_000);
  const file = { fileHash: storeFile(storage, data), size: data.length };
  const [unit] = planUnits(await clientOf(storage.url).reconstruct(file)) as [FetchUnit];
  const one = createDecodeThreads({ threads: 1 });
  onTestFinished(() => one.close());
  const handle = await open(await target(), "w+");
  onTestFinished(() => handle.close());
  const { fd: descriptor } = handle;
  const sinks = await Promise.all(Array.from({ length: 16 }, () => one.open(unit, { descriptor })));
  const late = one.open(unit, { descriptor });
  expect(await Promise.race([late, Promise.resolve("waiting")])).toBe("waiting");
  const wire = storage.xorbs.get(unit.xorb) ?? new Uint8Array();
  // Given up in the middle, with bytes on their way to the thread.
  const [first] = sinks;
  first?.space().set(wire.subarray(0, 100_000));
  void first?.filled(100_000);
  await first?.close();
  const sink = await late;
  sink.space().set(wire);
  await sink.filled(wire.length);
  expect((await sink.finish()).verified).toBe(true);
  await Promise.all([...sinks, sink].map((given) => given.close()));
});

test("threads that nobody closed do not keep a program alive", async () => {
  const index = new URL("../src/index.ts", import.meta.url);
  const program = `import { createDecodeThreads } from ${JSON.stringify(index)}; createDecodeThreads({ threads: 2 }).start();`;
  const args = ["--input-type=module", "--eval", program];
  expect(await run(process.execPath, args, { timeoutMs: 50_000 })).toMatchObject({ code: 0 });
});

test("an address is renewed for the same chunks, and tells itself when it ends", async () => {
  const storage = await cas();
  const data = splitmix(12, 400_000);
  const file = { fileHash: storeFile(storage, data), size: data.length };
  const client = clientOf(storage.url);
  const [part] = await client.reconstruct(file);
  const [unit] = planUnits(part ? [part] : []) as [FetchUnit];
  const url = `${unit.url}&fresh=1`;
  const fresh = { wanted: { start: 0, end: data.length }, terms: [], ranges: [{ ...unit, url }] };
  expect(renewUnit(unit, fresh)).toEqual({ ...unit, url });
  // A part of the range keeps its bytes. Chunks beyond it are listed otherwise.
  const { start, end } = unit.chunks;
  const inside = { ...unit, chunks: { start: start + 1, end } };
  expect(renewUnit(inside, fresh)).toEqual({ ...inside, url });
  expect(renewUnit({ ...unit, chunks: { start, end: end + 1 } }, fresh)).toBeUndefined();
  expect(urlExpiry(`https://data.example/x?Expires=1790003600&Signature=a`)).toBe(
    1_790_003_600_000,
  );
  expect(urlExpiry("https://data.example/x?Expires=soon")).toBeUndefined();
});

test("a unit in the caller's own thread gives the same, and knows what is left of it at any chunk", async () => {
  const storage = await cas();
  const data = someContent(seeded(6), 500_000);
  const file = { fileHash: storeFile(storage, data, { scheme: 1 }), size: data.length };
  const [unit] = planUnits(await clientOf(storage.url).reconstruct(file)) as [FetchUnit];
  const wire = storage.xorbs.get(unit.xorb) ?? new Uint8Array();
  const kernel = createKernel(kernelMemory(wire.length + 200_000 + 2 * SLACK_BYTES));
  const output = { start: kernel.room.start, end: kernel.room.start + 200_000 };
  const at = output.end + SLACK_BYTES;
  const content = new Uint8Array(data.length);
  const write = (bytes: Uint8Array, position: number): void => content.set(bytes, position);
  // Half of the bytes, then another decoder for what the first one says is left.
  const first = createUnitDecoder(unit, { kernel, output, write });
  const half = Math.floor(wire.length / 2);
  kernel.bytes.set(wire.subarray(0, half), at);
  first.decode({ start: at, end: at + half });
  expect(() => first.finish()).toThrow(/truncated/u);
  const rest = first.rest() as FetchUnit;
  expect(rest.bytes).toEqual({ start: first.consumed, end: wire.length });
  const second = createUnitDecoder(rest, { kernel, output, write });
  const left = wire.subarray(first.consumed);
  kernel.bytes.set(left, at);
  expect(second.decode({ start: at, end: at + left.length })).toBe(left.length);
  expect(second.finish().verified).toBe(false);
  expect(second.rest()).toBeUndefined();
  expect(Buffer.compare(content, data)).toBe(0);
});

test("a unit goes on where its connection broke, at any byte", async () => {
  const storage = await cas();
  const data = someContent(seeded(5), 600_000);
  const file = { fileHash: storeFile(storage, data, { scheme: 2 }), size: data.length };
  const [unit] = planUnits(await clientOf(storage.url).reconstruct(file)) as [FetchUnit];
  const wire = storage.xorbs.get(unit.xorb) ?? new Uint8Array();
  const path = await target();
  for (const pieces of [[1, 7, 8, 9, 65_000], [100_000], [wire.length - 1]]) {
    const handle = await open(path, "w+");
    const sink = await threads.open(unit, { descriptor: handle.fd });
    let cuts = [...pieces];
    while (sink.received < wire.length) {
      const from = sink.received;
      const to = Math.min(wire.length, from + (cuts.shift() ?? wire.length));
      for (let at = from; at < to;) {
        const room = sink.space();
        const part = wire.subarray(at, Math.min(to, at + room.byteLength));
        room.set(part);
        await sink.filled(part.byteLength);
        at += part.byteLength;
      }
    }
    const result = await sink.finish();
    await sink.close();
    await handle.close();
    proveFile([{ unit, result }], file);
    expect(Buffer.compare(await readFile(path), data)).toBe(0);
  }
});
