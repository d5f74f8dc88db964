import { ModelDownloadError } from "../contract/errors.ts";
import type { Snapshot, WithheldFile } from "../contract/snapshot.ts";
import type { HubClient } from "./hub-client.ts";
import { gatedVerdict } from "./gated.ts";
import { apiSegments, repoSegments } from "./repo-segments.ts";

/** A snapshot of which a Hub withholds files. */
export interface WithheldSnapshot extends Pick<Snapshot, "repoId" | "repoType" | "commit"> {
  readonly withheld: readonly WithheldFile[];
}

/**
 * Why a Hub withholds files: asks it how this account's request for access stands (one call, two at a Hub without
 * `auth-check`), and resolves with the error that says so: `hub/gated`, `hub/unauthorized` for a refused token. Its data
 * has `withheld: {files, bytes}` beside that of the code. Rejects with the signal's reason alone.
 */
export async function askAccess(
  client: HubClient,
  snapshot: WithheldSnapshot,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ModelDownloadError> {
  const { repoId } = snapshot;
  const refusal =
    (await refusalOf(checkAccess(client, snapshot, options), options.signal)) ??
    (await refusalOf(openFile(client, snapshot, options), options.signal)) ??
    withheldError(snapshot, client.settings);
  const { message, code, hint, data, cause } = refusal;
  const withheld = withheldAmount(snapshot.withheld);
  return new ModelDownloadError(message, code, {
    hint,
    repoId,
    data: { ...data, withheld },
    cause,
  });
}

/** The same without a question, for a backend, which may not ask. */
export function withheldError(
  { repoId, withheld }: Pick<WithheldSnapshot, "repoId" | "withheld">,
  hub: { readonly endpoint: string; readonly tokenSource: string | undefined },
): ModelDownloadError {
  const { message, code, hint, data } = gatedVerdict({ repoId, ...hub });
  return new ModelDownloadError(message, code, {
    hint,
    repoId,
    data: { ...data, withheld: withheldAmount(withheld) },
  });
}

const withheldAmount = (files: readonly WithheldFile[]): { files: number; bytes: number } => ({
  files: files.length,
  bytes: files.reduce((sum, { size }) => sum + size, 0),
});

async function checkAccess(
  client: HubClient,
  { repoId, repoType }: WithheldSnapshot,
  options: { readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const url = client.url([...apiSegments({ repoId, repoType }), "auth-check"]);
  await client.request(url, { question: { kind: "repo", repoId }, ...options });
}

/** Asks for a withheld file as a download would, for mirrors: they know `/resolve/` best. */
async function openFile(
  client: HubClient,
  { repoId, repoType, commit, withheld }: WithheldSnapshot,
  options: { readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const path = withheld[0]?.path ?? "";
  const segments = [...repoSegments({ repoId, repoType }), "resolve", commit, ...path.split("/")];
  await client.request(client.url(segments), {
    question: { kind: "file", repoId, revision: commit, path },
    method: "HEAD",
    ...options,
  });
}

/** The error of an answer that refuses access. Undefined for any other answer, which tells nothing. */
async function refusalOf(
  answer: Promise<void>,
  signal: AbortSignal | undefined,
): Promise<ModelDownloadError | undefined> {
  try {
    await answer;
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ModelDownloadError)) throw error;
    if (error.code === "hub/gated" || error.code === "hub/unauthorized") return error;
  }
  return undefined;
}
