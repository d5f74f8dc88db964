import type { Asker } from "./recording.ts";

/** One thing that is asked of a Hub. */
export interface HubQuestion {
  readonly id: string;
  /** What the answer decides for a client. */
  readonly about: string;
  readonly as?: Asker;
  readonly method?: "GET" | "HEAD" | "POST";
  /** Path and query below the endpoint. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a POST. */
  readonly form?: Readonly<Record<string, string>>;
  /** Asks the address that the answer's Location leads to, with these headers, and records that answer. */
  readonly follow?: Readonly<Record<string, string>>;
}

const PUBLIC = "openai-community/gpt2";
const GATED = "meta-llama/Llama-3.2-1B";
/** Scanned files of every status: the Hub's own test repo. */
const SCANNED = "mcpotato/42-eicar-street";
const QUANTIZED = "mlx-community/Qwen3.5-9B-4bit";
const MISSING = "someone-xyz123/definitely-not-a-repo";
const COMMIT = "607a30d783dfa663caf39e06633721c8d4cfcd7e";

/** What is asked, in this order; about forty calls in all, well below the anonymous quota. */
export const QUESTIONS: readonly HubQuestion[] = [
  {
    id: "model info",
    about: "fields, headers, gzip",
    path: `/api/models/${PUBLIC}`,
    headers: { "accept-encoding": "gzip" },
  },
  {
    id: "model info, some fields",
    about: "expand",
    path: `/api/models/${PUBLIC}?expand=gated&expand=sha`,
  },
  {
    id: "model info, unknown field",
    about: "the list of fields",
    path: `/api/models/${PUBLIC}?expand=bogus`,
  },
  {
    id: "short commit",
    about: "first digits of a commit",
    path: `/api/models/${PUBLIC}/revision/${COMMIT.slice(0, 7)}?expand=sha`,
  },
  {
    id: "unknown revision",
    about: "404 and its text",
    path: `/api/models/${PUBLIC}/revision/badrev`,
  },
  { id: "legacy id", about: "redirect on the API", path: "/api/models/gpt2" },
  { id: "legacy id, file", about: "redirect on resolve", path: "/gpt2/resolve/main/config.json" },
  { id: "refs", about: "branches and their commits", path: `/api/models/${PUBLIC}/refs` },
  {
    id: "tree",
    about: "entries, folders first, no commit",
    path: `/api/models/${PUBLIC}/tree/main`,
  },
  { id: "tree of a file", about: "404", path: `/api/models/${PUBLIC}/tree/main/config.json` },
  {
    id: "tree page",
    about: "the cursor in Link",
    path: "/api/datasets/allenai/c4/tree/main/en?recursive=true&expand=false",
  },
  {
    id: "small file",
    about: "307 to the resolve cache",
    method: "HEAD",
    path: `/${PUBLIC}/resolve/main/config.json`,
  },
  {
    id: "small file, cached",
    about: "200 with its git id",
    path: `/${PUBLIC}/resolve/main/config.json`,
    follow: {},
  },
  {
    id: "small file, unchanged",
    about: "304",
    path: `/${PUBLIC}/resolve/main/config.json`,
    follow: { "if-none-match": "<etag>" },
  },
  {
    id: "large file",
    about: "302 to the CDN, both digests, Xet links",
    path: `/${PUBLIC}/resolve/main/model.safetensors`,
  },
  {
    id: "large file, for Ollama",
    about: "307 instead",
    method: "HEAD",
    path: `/${PUBLIC}/resolve/main/model.safetensors`,
    headers: { "user-agent": "ollama/0.9.0 (arm64 darwin) Go/go1.24" },
  },
  {
    id: "large file, part",
    about: "206 and the CDN's ETag",
    path: `/${PUBLIC}/resolve/main/model.safetensors`,
    follow: { range: "bytes=0-99" },
  },
  {
    id: "missing file",
    about: "404 with the commit",
    path: `/${PUBLIC}/resolve/main/does-not-exist.bin`,
  },
  { id: "missing repo", about: "401 without a code", path: `/api/models/${MISSING}` },
  {
    id: "missing repo, file",
    about: "the same as text",
    path: `/${MISSING}/resolve/main/config.json`,
  },
  { id: "gated tree", about: "masked digests", path: `/api/models/${GATED}/tree/main` },
  { id: "gated file", about: "401 GatedRepo", path: `/${GATED}/resolve/main/config.json` },
  {
    id: "gated file, unknown revision",
    about: "the gate comes first",
    path: `/${GATED}/resolve/nonexistent-branch/config.json`,
  },
  { id: "gated card", about: "README.md is for all", path: `/${GATED}/resolve/main/README.md` },
  { id: "gated licence, absent", about: "404, not 401", path: `/${GATED}/resolve/main/LICENSE` },
  {
    id: "gated paths-info",
    about: "401",
    method: "POST",
    path: `/api/models/${GATED}/paths-info/main`,
    form: { paths: "config.json" },
  },
  { id: "auth-check, gated", about: "401 as JSON", path: `/api/models/${GATED}/auth-check` },
  { id: "auth-check, public", about: "OK", path: `/api/models/${PUBLIC}/auth-check` },
  {
    id: "refused token",
    about: "401 on a public repo",
    as: "made-up token",
    path: `/api/models/${PUBLIC}`,
  },
  { id: "refused token, whoami", about: "its text", as: "made-up token", path: "/api/whoami-v2" },
  {
    id: "list",
    about: "item fields, Link, RateLimit",
    path: "/api/models?author=mlx-community&sort=downloads&limit=2",
  },
  {
    id: "list, tensor counts",
    about: "logical counts of packed weights",
    path: `/api/models?author=mlx-community&search=${QUANTIZED.split("/")[1]}&limit=1&expand=safetensors&expand=config&expand=tags`,
  },
  {
    id: "list, field of single models only",
    about: "400",
    path: "/api/models?limit=1&expand=usedStorage",
  },
  {
    id: "scans",
    about: "statuses and scanners",
    path: `/api/models/${SCANNED}/tree/main?expand=true`,
  },
  {
    id: "scan summary",
    about: "securityRepoStatus",
    path: `/api/models/${SCANNED}?securityStatus=true`,
  },
  {
    id: "device login",
    about: "no interval",
    method: "POST",
    path: "/oauth/device",
    form: { client_id: "26be6b09-91c5-47da-9861-d2d2bb7a7e36" },
  },
  { id: "whoami", about: "the token's kind", as: "own token", path: "/api/whoami-v2" },
  {
    id: "gated file, own token",
    about: "state of the request, or the file",
    as: "own token",
    path: `/${GATED}/resolve/main/config.json`,
  },
];
