import { isCommit } from "@mlx-download/cache";
import { ModelDownloadError } from "../contract/errors.ts";
import { redactServerText, redactUrl } from "../http/redact.ts";
import type { RepoRef } from "../settings/ref.ts";
import type { HubClient, JsonAnswer } from "./hub-client.ts";
import { isObject, stringField } from "./json-value.ts";
import { apiSegments, type TypedRepo } from "./repo-segments.ts";
import { tellRename } from "./renamed.ts";
import type { Question } from "./question.ts";

/** A repo at the commit that its revision means now. */
export interface ResolvedRef {
  /** As asked for, even when the Hub knows the repo by another name now: the cache folder follows it. */
  readonly repoId: string;
  /** The revision as asked for. Default: `main`. */
  readonly revision: string;
  /** 40 lower-case hex digits. */
  readonly commit: string;
}

/**
 * The commit of a revision: one call, none when the revision is a full commit already. A renamed repo resolves, with a
 * `warning` event that names the new id and, when it has one, the new owner. Throws the `hub/…` errors. An answer
 * without a commit is `hub/revision-not-found` (mirrors answer so for unknown revisions) or `hub/bad-response`.
 */
export async function resolveCommit(
  client: HubClient,
  ref: RepoRef,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ResolvedRef> {
  const { repoId, repoType, revision = "main" } = ref;
  const full = revision.toLowerCase();
  if (isCommit(full)) return { repoId, revision, commit: full };
  const question: Question = { kind: "revision", repoId, revision };
  const url = client.url([...apiSegments({ repoId, repoType }), "revision", revision], {
    expand: "sha",
  });
  try {
    const answer = await client.json(url, { question, signal: options.signal });
    return { repoId, revision, commit: commitOf(answer, question, client) };
  } catch (error) {
    throw await tellRepoFromRevision(client, { error, ref, signal: options.signal });
  }
}

/** Where servers put the words of an error that they answer with 200. */
const WORDS = ["error", "message", "detail", "msg", "reason"] as const;

const MODEL_KEYS: ReadonlySet<string> = new Set(["id", "_id", "modelId", "sha", "siblings"]);

function commitOf(answer: JsonAnswer, question: Question, client: HubClient): string {
  const { value, headers, url } = answer;
  const sha = isObject(value) ? (value["sha"] ?? headers.get("x-repo-commit")) : undefined;
  if (typeof sha === "string" && isCommit(sha.toLowerCase())) {
    tellRename(question.repoId ?? "", stringField(value, "id"), client.emit);
    return sha.toLowerCase();
  }
  const serverText = WORDS.map((field) => stringField(value, field)).find(
    (text) => text !== undefined,
  );
  if (serverText !== undefined) throw saysError(url, redactServerText(serverText), question);
  // Mirrors that do not know a revision describe the model without a commit. Other objects are no answer to the question.
  const keys = isObject(value) ? Object.keys(value) : ["none"];
  const isModel = keys.length === 0 || keys.some((key) => MODEL_KEYS.has(key));
  const absent = isModel && (sha === undefined || sha === null || sha === "");
  throw new ModelDownloadError(
    absent
      ? `${question.repoId} has no revision ${question.revision}`
      : `${url.host} names no commit for ${question.repoId} at ${question.revision}`,
    absent ? "hub/revision-not-found" : "hub/bad-response",
    {
      hint: absent
        ? `Branches and tags are listed at ${client.settings.endpoint}/${question.repoId}/tree/main.`
        : `Check that the endpoint ${client.settings.endpoint} is a Hub.`,
      repoId: question.repoId,
      data: { revision: question.revision, url: redactUrl(url) },
    },
  );
}

/** A server that answers 200 and an error: its words are all there is to know. */
function saysError(url: URL, serverText: string, { repoId }: Question): ModelDownloadError {
  return new ModelDownloadError(
    `${url.host} answered with an error in the place of data (${serverText})`,
    "hub/bad-response",
    {
      hint: "The words are the server's own. Try again later, or another `endpoint`.",
      repoId,
      data: { url: redactUrl(url), serverMessage: serverText },
    },
  );
}

/** A 404 without a code does not say whether repo or revision is missing. One more question tells. */
async function tellRepoFromRevision(
  client: HubClient,
  { error, ref, signal }: { error: unknown; ref: TypedRepo; signal: AbortSignal | undefined },
): Promise<unknown> {
  const bare =
    error instanceof ModelDownloadError &&
    error.code === "hub/revision-not-found" &&
    error.data["status"] === 404 &&
    error.data["errorCode"] === undefined;
  if (!bare) return error;
  try {
    const url = client.url(apiSegments(ref), { expand: "sha" });
    await client.json(url, { question: { kind: "repo", repoId: ref.repoId }, signal });
  } catch (other) {
    signal?.throwIfAborted();
    if (other instanceof ModelDownloadError && other.code === "hub/repo-not-found") return other;
  }
  return error;
}
