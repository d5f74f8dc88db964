import type { ScanStatuses } from "@mlx-download/fit";
import { ModelDownloadError } from "../contract/errors.ts";
import type { HubClient } from "../hub/hub-client.ts";
import { isObject, stringField } from "../hub/json-value.ts";
import { apiSegments, type CommitRef } from "../hub/repo-segments.ts";
import type { Hubs } from "../request/hubs.ts";

/** Paths in one `paths-info` question. */
const BATCH = 500;

/** Scan results, and the API calls they took. */
export interface Scans {
  /** Empty where the Hub does not answer: every file is then without a result. */
  readonly statuses: ScanStatuses;
  readonly requests: number;
}

/**
 * Asks for the scan status of every one of `paths`, in batches of 500. For more than one batch the repo's summary is
 * asked first: when its scans are done, it answers for all files in one call. It also answers for a gated repo, whose
 * `paths-info` is 401 without access. Throws only the signal's reason.
 */
export async function readScans(
  hubs: Pick<Hubs, "ask">,
  repo: CommitRef,
  paths: readonly string[],
): Promise<Scans> {
  const statuses = new Map<string, string>();
  let requests = 0;
  const ask = async <T>(question: (client: HubClient) => Promise<T>): Promise<T | undefined> => {
    requests += 1;
    try {
      return (await hubs.ask(question)).value;
    } catch (error) {
      if (error instanceof ModelDownloadError) return undefined;
      throw error;
    }
  };
  /** Takes over the repo's summary. False when that leaves files open. */
  const summarize = async (): Promise<boolean> => {
    const summary = await ask((client) => readSummary(client, repo));
    if (summary === undefined) return false;
    if (summary.done) for (const path of paths) statuses.set(path, "safe");
    for (const { path, level } of summary.issues) statuses.set(path, level);
    return summary.done;
  };

  if (paths.length > BATCH && (await summarize())) return { statuses, requests };
  for (let from = 0; from < paths.length; from += BATCH) {
    const batch = paths.slice(from, from + BATCH);
    const answered = await ask((client) => readBatch(client, repo, batch));
    for (const [path, status] of answered ?? []) statuses.set(path, status);
    // A gate that refuses one batch refuses all: one more call tells as much as there is to know.
    if (answered === undefined) {
      if (paths.length <= BATCH) await summarize();
      break;
    }
  }
  return { statuses, requests };
}

async function readBatch(
  client: HubClient,
  { commit, ...repo }: CommitRef,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const url = client.url([...apiSegments(repo), "paths-info", commit]);
  const { value } = await client.json(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ paths, expand: true }),
    question: { kind: "revision", repoId: repo.repoId, revision: commit },
  });
  const statuses = new Map<string, string>();
  for (const item of Array.isArray(value) ? value : []) {
    const path = stringField(item, "path");
    const status = statusOf(item);
    if (path !== undefined && status !== undefined) statuses.set(path, status);
  }
  return statuses;
}

interface Summary {
  /** Every file was scanned: a file without an issue is safe. */
  readonly done: boolean;
  readonly issues: readonly { readonly path: string; readonly level: string }[];
}

/** `securityRepoStatus` of the model info. Undefined where the server has none. */
async function readSummary(
  client: HubClient,
  { commit, ...repo }: CommitRef,
): Promise<Summary | undefined> {
  const url = client.url([...apiSegments(repo), "revision", commit], { securityStatus: "true" });
  const question = { kind: "revision", repoId: repo.repoId, revision: commit } as const;
  const { value } = await client.json(url, { question });
  const status = isObject(value) ? value["securityRepoStatus"] : undefined;
  if (!isObject(status) || !Array.isArray(status["filesWithIssues"])) return undefined;
  const issues = status["filesWithIssues"].flatMap((item: unknown) => {
    const path = stringField(item, "path");
    return path === undefined ? [] : [{ path, level: stringField(item, "level") ?? "caution" }];
  });
  return { done: status["scansDone"] === true, issues };
}

const FOUND = ["unsafe", "suspicious", "caution"] as const;

/**
 * The status of a `paths-info` item: the Hub's own. While that is open (`queued`, `unscanned`, `error`), the finding of
 * one of its scanners so far.
 */
function statusOf(item: unknown): string | undefined {
  if (!isObject(item)) return undefined;
  const security = item["securityFileStatus"] ?? item["security"];
  if (!isObject(security)) return undefined;
  const own = stringField(security, "status");
  if (own !== undefined && !["queued", "unscanned", "error"].includes(own)) return own;
  const scanners = Object.values(security).map((scanner) => stringField(scanner, "status"));
  return FOUND.find((status) => scanners.includes(status)) ?? own;
}
