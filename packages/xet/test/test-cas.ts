// A small Xet storage for tests: takes uploads of the real hf_xet, and answers its downloads and ours. The routes and
// their details are those that hf_xet 1.8.0 uses (measured) and hub-docs docs/xet/api.md describes.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { parseShard, parseXorb, type ShardFile } from "../src/index.ts";

/** A request that came, for tests that count. */
export interface CasRequest {
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

/** What a test changes of one answer. */
export interface CasAnswer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

/** A storage that listens on this machine. */
export interface TestCas {
  readonly url: string;
  readonly xorbs: Map<string, Uint8Array>;
  readonly files: Map<string, ShardFile>;
  readonly requests: CasRequest[];
  /** Changes answers: a fault. */
  fault: ((request: CasRequest, answer: CasAnswer) => void) | undefined;
  /** Which versions of reconstructions it knows. */
  versions: readonly (1 | 2)[];
  /** Whether ranged questions are answered with whole terms (as seen in production) or cut to chunks (xet-core's simulator). */
  cutsTerms: boolean;
  close(): Promise<void>;
}

const EMPTY = "0".repeat(64);
const TOKEN = "test-token";

/** Starts a storage on a free port of 127.0.0.1. */
export async function startTestCas(): Promise<TestCas> {
  const server: Server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const cas: TestCas = {
    url: `http://127.0.0.1:${port}`,
    xorbs: new Map(),
    files: new Map([[EMPTY, { hash: EMPTY, sha256: undefined, terms: [] }]]),
    requests: [],
    fault: undefined,
    versions: [1, 2],
    cutsTerms: false,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url: path = "", headers } = request;
    const { range, authorization } = headers;
    const seen = { method, path, range, authorization };
    cas.requests.push(seen);
    const body = new Uint8Array(await buffer(request));
    const answer = route(seen, body);
    cas.fault?.(seen, answer);
    response.writeHead(answer.status, {
      "content-length": String(answer.body.byteLength),
      ...answer.headers,
    });
    response.end(answer.body);
  }

  function route({ method, path, range }: CasRequest, body: Uint8Array): CasAnswer {
    const { pathname } = new URL(path, cas.url);
    const [, version = "", kind = "", ...rest] = pathname.split("/");
    const hash = rest.at(-1) ?? "";
    if (pathname.includes("/xet-read-token/")) return json(readToken(cas.url));
    if (method === "POST" && version === "v1" && kind === "xorbs") {
      const wasInserted = !cas.xorbs.has(hash);
      parseXorb(body);
      cas.xorbs.set(hash, body);
      return json({ was_inserted: wasInserted });
    }
    if (method === "POST" && version === "v1" && kind === "shards") {
      for (const file of parseShard(body).files) cas.files.set(file.hash, file);
      return json({ result: 1 });
    }
    if (method === "POST" && kind === "telemetry") return json({});
    if (method === "GET" && kind === "reconstructions" && /^v[12]$/u.test(version)) {
      const number = version === "v1" ? 1 : 2;
      const file = cas.files.get(hash);
      if (!cas.versions.includes(number) || file === undefined) return error(404);
      return reconstruction(cas, { file, range, version: number });
    }
    const xorb = kind === "data" ? cas.xorbs.get(hash) : undefined;
    return method === "GET" && xorb !== undefined ? ranged(xorb, range) : error(404);
  }
  return cas;
}

function readToken(casUrl: string): unknown {
  return { accessToken: TOKEN, exp: Math.floor(Date.now() / 1000) + 3600, casUrl };
}

const error = (status: number): CasAnswer => ({ status, headers: {}, body: new Uint8Array() });

function json(value: unknown): CasAnswer {
  const body = new TextEncoder().encode(JSON.stringify(value));
  return { status: 200, headers: { "content-type": "application/json" }, body };
}

/** Exactly one range, as the signed URL has it. */
function ranged(bytes: Uint8Array, range: string | undefined): CasAnswer {
  const wanted = /^bytes=(?<start>\d+)-(?<end>\d+)$/u.exec(range ?? "")?.groups;
  if (wanted === undefined) return error(403);
  const [start, end] = [Number(wanted["start"]), Number(wanted["end"]) + 1];
  if (start >= end || end > bytes.byteLength) return error(416);
  const headers = { "content-range": `bytes ${start}-${end - 1}/${bytes.byteLength}` };
  return { status: 206, headers, body: bytes.subarray(start, end) };
}

interface StoredTerm {
  readonly hash: string;
  readonly range: { readonly start: number; readonly end: number };
  readonly unpacked_length: number;
}

function reconstruction(
  cas: TestCas,
  asked: { readonly file: ShardFile; readonly range: string | undefined; readonly version: 1 | 2 },
): CasAnswer {
  const { file, range, version } = asked;
  const whole = file.terms.map(({ xorb, chunks, unpackedLength }): StoredTerm => {
    return { hash: xorb, range: chunks, unpacked_length: unpackedLength };
  });
  const size = whole.reduce((sum, term) => sum + term.unpacked_length, 0);
  const wanted = /^bytes=(?<start>\d+)-(?<end>\d+)$/u.exec(range ?? "")?.groups;
  const from = Number(wanted?.["start"] ?? 0);
  const to = Math.min(size, Number(wanted?.["end"] ?? size) + 1);
  if (size > 0 && from >= size) return error(416);

  const terms: StoredTerm[] = [];
  let lead = 0;
  let at = 0;
  for (const term of whole) {
    const end = at + term.unpacked_length;
    if (end > from && at < to) {
      const cut = cas.cutsTerms ? cutTerm(cas, term, { from: from - at, to: to - at }) : undefined;
      if (terms.length === 0) lead = from - at - (cut?.skipped ?? 0);
      terms.push(cut?.term ?? term);
    }
    at = end;
  }
  const xorbs: Record<string, unknown[]> = {};
  for (const [hash, own] of Map.groupBy(terms, (term) => term.hash)) {
    const { chunks } = parseXorb(cas.xorbs.get(hash) ?? new Uint8Array());
    const url = `${cas.url}/v0/data/${hash}?Expires=${Math.floor(Date.now() / 1000) + 3600}`;
    const ranges = merged(own.map((term) => term.range)).map(({ start, end }) => ({
      chunks: { start, end },
      bytes: { start: chunks[start]?.start ?? 0, end: (chunks[end - 1]?.end ?? 0) - 1 },
    }));
    xorbs[hash] =
      version === 2
        ? [{ url, ranges }]
        : ranges.map((one) => ({ range: one.chunks, url, url_range: one.bytes }));
  }
  return json({
    offset_into_first_range: lead,
    terms,
    [version === 2 ? "xorbs" : "fetch_info"]: xorbs,
  });
}

/** The chunks of a term that have bytes `from` to `to` of it, and the bytes in front of them. */
function cutTerm(
  cas: TestCas,
  term: StoredTerm,
  { from, to }: { readonly from: number; readonly to: number },
): { readonly term: StoredTerm; readonly skipped: number } {
  const { chunks } = parseXorb(cas.xorbs.get(term.hash) ?? new Uint8Array());
  let { start, end } = { start: term.range.end, end: term.range.start };
  let [at, skipped, length] = [0, 0, 0];
  for (let index = term.range.start; index < term.range.end; index += 1) {
    const bytes = chunks[index]?.unpackedLength ?? 0;
    if (at + bytes <= from) skipped += bytes;
    else if (at < to) {
      start = Math.min(start, index);
      end = index + 1;
      length += bytes;
    }
    at += bytes;
  }
  return { term: { ...term, range: { start, end }, unpacked_length: length }, skipped };
}

/** Overlapping and adjacent ranges as one, in order. */
function merged(ranges: readonly { readonly start: number; readonly end: number }[]) {
  const result: { start: number; end: number }[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}
