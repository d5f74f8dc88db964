import { checkRepoId } from "@mlx-download/cache";
import { kindInAddress, REPO_WORDS } from "../store/repo-kind.ts";
import type { RepoName } from "./upstream.ts";

/** Words after an id. One that stands in the place of a name shows an id without an organisation (`gpt2`). */
const VERBS: ReadonlySet<string> = new Set([
  "revision",
  "tree",
  "paths-info",
  "commits",
  "refs",
  "resolve",
  "raw",
  "safetensors-metadata",
  "auth-check",
]);

/**
 * The repo that the path of a request names, as the Hub's routes read it. Undefined when it names none, or one that no
 * repo can have.
 */
export function requestedRepo(path: string): RepoName | undefined {
  const segments = path.split("/").slice(1);
  const [first = "", word = ""] = segments;
  if (first === "v2") return named("model", segments.slice(1));
  if (first === "api") {
    const [kind] = Object.entries(REPO_WORDS).find(([, name]) => name === word) ?? [];
    return kind === undefined ? undefined : named(kind as RepoName["repoType"], segments.slice(2));
  }
  const kind = kindInAddress(first);
  return kind === undefined ? named("model", segments) : named(kind, segments.slice(1));
}

function named(repoType: RepoName["repoType"], segments: readonly string[]): RepoName | undefined {
  const [owner = "", name = "", verb = ""] = segments;
  const isShort = VERBS.has(name) && (verb !== "" || name === "refs" || name === "auth-check");
  if (owner === "" || (!isShort && name === "" && segments.length > 1)) return undefined;
  try {
    const parts = isShort || segments.length === 1 ? [owner] : [owner, name];
    const repoId = parts.map((part) => decodeURIComponent(part)).join("/");
    return { repoId: checkRepoId(repoId), repoType };
  } catch {
    return undefined;
  }
}
