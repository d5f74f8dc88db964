import { createHash } from "node:crypto";
import { type SnapshotFile } from "@mlx-download/cache";
import { forEachInLanes, lfsPointerId } from "@mlx-download/cache/writing";
import { ModelDownloadError } from "../contract/errors.ts";
import { decodedBody } from "../http/decoded-body.ts";
import type { HubClient } from "./hub-client.ts";
import { type CommitRef, repoSegments } from "./repo-segments.ts";
import type { Md5File } from "./tree-entry.ts";

const AT_ONCE = 4;

/**
 * Files that a listing names by md5 alone (object stores in the Hub's place), by their sha256, which the cache needs: as
 * the server tells it for the file (`X-Linked-Etag`), else read through once and held against size and md5. Throws
 * `transfer/checksum-mismatch` for bytes that are others, and the `hub/…` and `transfer/…` errors.
 */
export async function settleMd5(
  client: HubClient,
  repo: CommitRef,
  {
    files,
    signal,
  }: { readonly files: readonly Md5File[]; readonly signal: AbortSignal | undefined },
): Promise<readonly SnapshotFile[]> {
  if (files.length === 0) return [];
  client.emit({
    type: "warning",
    code: "hub/md5-only",
    message: `${new URL(client.settings.endpoint).host} names ${files.length} files by md5 alone. They are read once to learn their digests, and then fetched.`,
  });
  const settled: SnapshotFile[] = [];
  await forEachInLanes(
    files,
    async (file, stop, at) => {
      settled[at] = await settle(client, repo, { file, signal: stop });
    },
    { atOnce: AT_ONCE, signal },
  );
  return settled;
}

async function settle(
  client: HubClient,
  repo: CommitRef,
  { file, signal }: { readonly file: Md5File; readonly signal: AbortSignal | undefined },
): Promise<SnapshotFile> {
  const { path, size } = file;
  const { repoId, commit } = repo;
  const url = client.url([...repoSegments(repo), "resolve", commit, ...path.split("/")]);
  const question = { kind: "file", repoId, revision: commit, path } as const;
  const { headers } = await client.request(url, { method: "HEAD", question, signal });
  const linked = /^(?:W\/)?"?([0-9a-f]{64})"?$/i.exec(headers.get("x-linked-etag") ?? "")?.[1];
  const hex = linked?.toLowerCase() ?? (await readThrough(client, url, { file, question, signal }));
  const digest = { algorithm: "sha256", hex } as const;
  return { path, size, digest, blobId: lfsPointerId(hex, size) };
}

async function readThrough(
  client: HubClient,
  url: URL,
  about: {
    readonly file: Md5File;
    readonly question: Parameters<HubClient["failure"]>[1];
    readonly signal: AbortSignal | undefined;
  },
): Promise<string> {
  const { file, question, signal } = about;
  const { downloadTimeoutMs } = client.settings;
  const sent = await client.send(url, {
    headers: client.downloadHeaders,
    signal,
    headersTimeoutMs: downloadTimeoutMs,
    bodyTimeoutMs: downloadTimeoutMs,
  });
  if (![200, 203].includes(sent.response.status)) throw await client.failure(sent, question);
  const [md5, sha256] = [createHash("md5"), createHash("sha256")];
  let size = 0;
  for await (const chunk of decodedBody(sent.response)) {
    size += chunk.byteLength;
    if (size > file.size) break;
    md5.update(chunk);
    sha256.update(chunk);
  }
  sent.response.discard();
  const actual = md5.digest("hex");
  if (size === file.size && actual === file.md5) return sha256.digest("hex");
  const { host } = url;
  throw new ModelDownloadError(
    `${host} sends other bytes of ${file.path} than it lists: md5 ${actual}, ${size} bytes`,
    "transfer/checksum-mismatch",
    {
      hint: "Nothing was written. Try again later, or use another `endpoint`.",
      data: { path: file.path, expected: `md5:${file.md5}`, actual: `md5:${actual}` },
    },
  );
}
