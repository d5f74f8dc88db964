import type { RepoFile, RepoSnapshot } from "../store/repo-store.ts";
import { memoryBlob } from "../store/blob-source.ts";
import { addressOf, kindOf, REPO_WORDS } from "../store/repo-kind.ts";
import { lfsPointer } from "../store/git-object.ts";
import { matchesEtag } from "../http/conditional.ts";
import { encodePath } from "../http/encode-path.ts";
import { fileAnswer } from "../http/file-answer.ts";
import { publicUrl, rawPath, type HubContext } from "../http/hub-env.ts";
import { textAnswer } from "../http/json-answer.ts";
import { mediaType } from "../http/media-type.ts";
import { contentDisposition } from "../http/signed-url.ts";
import { checkGate } from "./access.ts";
import { objectId } from "./repo-fields.ts";
import { fileAt, splitRevision } from "./revision.ts";

/**
 * The files of a gated repo that `/resolve/` serves to everyone, at the root and in exactly this case:
 * Orolol/originator, observations/2026-10-05-anonymous-probes.json.
 */
const OPEN_FILES: ReadonlySet<string> = new Set([
  "README.md",
  "LICENSE",
  "LICENSE.md",
  "LICENSE.txt",
]);

/** `GET /[datasets/…]{id}/resolve/{revision}/{path}`: where the file's bytes are, or the bytes themselves. */
export async function resolve(c: HubContext): Promise<Response> {
  const repo = c.get("repo");
  const isOpen = OPEN_FILES.has(splitRevision(c).path);
  // The gate comes before revision and file: an unknown one of a gated repo is 401 GatedRepo (same recording).
  if (!isOpen) checkGate(repo, c.get("user"));
  const { snapshot, file } = await fileAt(c);
  const etag = `"${file.lfs?.sha256 ?? file.oid}"`;
  const commit = { "x-repo-commit": snapshot.commit };
  if (matchesEtag(c.req.header("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers: { ...commit, etag } });
  }
  const { smallFiles, largeFiles } = c.env.config;
  if (file.lfs) {
    const linked: Record<string, string> & { "x-repo-commit": string } = {
      ...commit,
      "x-linked-etag": etag,
      "x-linked-size": String(file.size),
      ...xetHeaders(c, { snapshot, file }),
    };
    if (linked["x-xet-hash"] !== undefined && asksForXetInfo(c)) return xetInfo(file, linked);
    return largeFiles === "redirect"
      ? toCdn(c, { snapshot, file }, linked)
      : fileAnswer(c, file.blob, { ...linked, ...described(file, etag) });
  }
  // A file that is not public is not in the public cache (Orolol/originator,
  // observations/2026-10-06-owner-reads.json).
  const isShared = repo.settings.gated === false && !repo.settings.private;
  if (smallFiles === "redirect" && isShared) {
    return toResolveCache(c, { snapshot, file }, { ...commit, etag });
  }
  return fileAnswer(c, file.blob, {
    ...commit,
    ...described(file, etag),
    ...(isShared ? {} : { "content-type": "text/plain; charset=utf-8" }),
  });
}

/** `GET /api/resolve-cache/{models,datasets,…}/{id}/{commit}/{path}`: a small file's bytes. */
export async function resolveCache(c: HubContext): Promise<Response> {
  checkGate(c.get("repo"), c.get("user"));
  const { snapshot, file } = await fileAt(c);
  const etag = `"${file.lfs?.sha256 ?? file.oid}"`;
  const headers = { "x-repo-commit": snapshot.commit, ...described(file, etag) };
  // Recorded on openai-community/gpt2, 2026-09-23.
  if (matchesEtag(c.req.header("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers: { etag } });
  }
  return fileAnswer(c, file.blob, { ...headers, "content-type": "text/plain; charset=utf-8" });
}

/**
 * `GET /{id}/raw/{revision}/{path}`: the file as git stores it, which is the pointer for an LFS
 * file.
 */
export async function raw(c: HubContext): Promise<Response> {
  checkGate(c.get("repo"), c.get("user"));
  const { snapshot, file } = await fileAt(c);
  const blob = file.lfs
    ? memoryBlob(Buffer.from(lfsPointer(file.lfs.sha256, file.size)))
    : file.blob;
  return fileAnswer(c, blob, {
    "x-repo-commit": snapshot.commit,
    etag: `"${file.oid}"`,
    "content-type": file.lfs ? "text/plain; charset=utf-8" : mediaType(file.path),
  });
}

/** `GET /api/models/{id}/auth-check`: Orolol/originator, observations/2026-10-06-edge-cases-a.json. */
export function authCheck(c: HubContext): Response {
  checkGate(c.get("repo"), c.get("user"));
  return textAnswer("OK");
}

function described(
  file: RepoFile,
  etag: string,
): Record<string, string> & { "content-type": string; etag: string } {
  return {
    // Not verified before its end: a proxy in front keeps none of it. nginx goes by its own header alone.
    ...(file.absent === "elsewhere" && { "cache-control": "no-store", "x-accel-expires": "0" }),
    "content-type": mediaType(file.path),
    "content-disposition": contentDisposition(file.path),
    etag,
  };
}

/** 307 with a relative Location. Its body has a length of its own, which is not the file's. */
function toResolveCache(
  c: HubContext,
  { snapshot, file }: { snapshot: RepoSnapshot; file: RepoFile },
  headers: { "x-repo-commit": string; etag: string },
): Response {
  const { basePath, linkedSize } = c.env.config;
  const asked = encodeURIComponent(rawPath(c));
  const repo = c.get("repo");
  const word = REPO_WORDS[kindOf(repo)];
  const path = `${basePath}/api/resolve-cache/${word}/${repo.repoId}/${encodeURIComponent(snapshot.commit)}/${encodePath(file.path)}`;
  const location = `${path}?${asked}=&etag=${encodeURIComponent(headers.etag)}`;
  return textAnswer(`Temporary Redirect. Redirecting to ${location}`, {
    status: 307,
    headers: {
      ...headers,
      location,
      "x-linked-etag": headers.etag,
      "content-disposition": contentDisposition(file.path),
      "accept-ranges": "bytes",
      "x-hub-cache": "MISS",
      ...(linkedSize ? { "x-linked-size": String(file.size) } : {}),
    },
  });
}

function toCdn(
  c: HubContext,
  { snapshot, file }: { snapshot: RepoSnapshot; file: RepoFile },
  headers: Record<string, string>,
): Response {
  const { config, signer } = c.env;
  const path = `/repos/${addressOf(c.get("repo"))}/${encodeURIComponent(snapshot.commit)}/${encodePath(file.path)}`;
  const user = c.get("user");
  const query = signer.sign({
    path,
    fileName: file.path,
    now: config.now(),
    seconds: config.signedUrlSeconds,
    address: c.env.address,
    userId: user && objectId(user.name),
  });
  const location = (config.nextCdnUrl() ?? "") + query;
  // Ollama takes nothing but 307 (openai-community/gpt2, 2026-09-23).
  const isOllama = /^ollama\//i.test(c.req.header("user-agent") ?? "");
  return textAnswer(`${isOllama ? "Temporary Redirect" : "Found"}. Redirecting to ${location}`, {
    status: isOllama ? 307 : 302,
    headers: {
      ...headers,
      location,
      "content-disposition": contentDisposition(file.path),
      "accept-ranges": "bytes",
      "cache-control": "no-store",
      "x-hub-cache": "MISS",
    },
  });
}

const XET_INFO = "application/vnd.xet-fileinfo+json";

/**
 * Whether the client wants to know where Xet storage has the file rather than its bytes (huggingface.js,
 * packages/hub/src/lib/file-download-info.ts).
 */
function asksForXetInfo(c: HubContext): boolean {
  return (c.req.header("accept") ?? "").includes(XET_INFO);
}

function xetInfo(file: RepoFile, headers: Record<string, string>): Response {
  const body = JSON.stringify({ hash: headers["x-xet-hash"], size: file.size });
  return new Response(body, { status: 200, headers: { ...headers, "content-type": XET_INFO } });
}

/**
 * Where Xet storage has the file, and where its token comes from: Orolol/originator,
 * observations/2026-10-06-clone-seed-reads.json (owner-head-lfs).
 */
function xetHeaders(
  c: HubContext,
  { snapshot, file }: { snapshot: RepoSnapshot; file: RepoFile },
): Record<string, string> {
  const { casUrl, xetHash } = c.env.config;
  const hash = xetHash(file);
  if (casUrl === undefined || hash === undefined) return {};
  const repo = c.get("repo");
  const api = `${publicUrl(c)}/api/${REPO_WORDS[kindOf(repo)]}/${repo.repoId}`;
  return {
    "x-xet-hash": hash,
    link: [
      `<${api}/xet-read-token/${encodeURIComponent(snapshot.commit)}>; rel="xet-auth"`,
      `<${casUrl}/v1/reconstructions/${hash}>; rel="xet-reconstruction-info"`,
    ].join(", "),
  };
}
