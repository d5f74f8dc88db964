import { createHmac, randomBytes } from "node:crypto";
import { repoLayout } from "@mlx-download/cache";
import { createRecent } from "./recent.ts";
import { changeRepoRecord, readRepoRecord } from "./repo-record.ts";
import type { MirrorUpstream, RepoName, UpstreamAccess } from "./upstream.ts";

/**
 * Whether a client may have a repo: `open`, with the token to ask the Hub with, `closed`, or `unknown` because the Hub is
 * away and was not asked about this repo before.
 */
export type Verdict =
  | { readonly kind: "open"; readonly token: string | undefined; readonly isPublic: boolean }
  | { readonly kind: "closed"; readonly isGated: boolean }
  | { readonly kind: "unknown" };

/** The rules by which clients get repos. */
export interface AdmissionOptions {
  readonly cacheDir: string;
  /** Asked who may read what. Undefined: nothing can be asked. */
  readonly upstream: MirrorUpstream | undefined;
  /** `public` (default): what the Hub gives to everyone, and to a client what it gives to the client's own token. `all`: everything that is in the cache, to everyone. */
  readonly share: "public" | "all";
  /** The mirror's own token, by which clients get whatever it may read. */
  readonly serverToken: string | undefined;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

const YES_MS = 5 * 60_000;
const NO_MS = 30_000;
// A Hub that is away is not waited for again at every request.
const AWAY_MS = 10_000;
const MOST_ANSWERS = 10_000;

/** Makes the function that judges a client's wish for a repo. Tokens are kept only as keyed hashes. */
export function createAdmission(
  options: AdmissionOptions,
): (repo: RepoName, token: string | undefined) => Promise<Verdict> {
  const { cacheDir, upstream, share, serverToken, now, signal } = options;
  const answers = createRecent<UpstreamAccess | "away">({
    most: MOST_ANSWERS,
    holds: (answer) => (answer === "away" ? AWAY_MS : answer === "open" ? YES_MS : NO_MS),
    now,
  });
  const secret = randomBytes(32);
  const hashOf = (token: string): string =>
    createHmac("sha256", secret).update(token).digest("base64");
  const ask = (repo: RepoName, token: string | undefined): Promise<UpstreamAccess | "away"> => {
    const key = `${repo.repoType} ${repo.repoId} ${token === undefined ? "" : hashOf(token)}`;
    return answers.get(key, async () => {
      return (await upstream?.access(repo, { token, signal }).catch(() => undefined)) ?? "away";
    });
  };
  /** The answer for everyone. `away` only when nothing is on record either. */
  const forEveryone = async (repo: RepoName): Promise<UpstreamAccess | "away"> => {
    const layout = repoLayout(cacheDir, repo.repoId, repo.repoType);
    const answer = await ask(repo, undefined);
    const { publicAt } = await readRepoRecord(layout);
    if (answer === "away") return publicAt === undefined ? "away" : "open";
    const isOpen = answer === "open";
    if (!isOpen && publicAt !== undefined) {
      await changeRepoRecord(layout, (record) => ({ ...record, publicAt: undefined }));
    } else if (isOpen && now() - (publicAt ?? 0) > YES_MS) {
      await changeRepoRecord(layout, (record) => ({ ...record, publicAt: now() }));
    }
    return answer;
  };

  return async (repo, token) => {
    const everyone = await forEveryone(repo);
    if (everyone === "open") return { kind: "open", token: undefined, isPublic: true };
    for (const one of [serverToken, token]) {
      if (one === undefined) continue;
      if ((await ask(repo, one)) === "open") return { kind: "open", token: one, isPublic: false };
    }
    if (share === "all") return { kind: "open", token: undefined, isPublic: false };
    return everyone === "away"
      ? { kind: "unknown" }
      : { kind: "closed", isGated: everyone === "gated" };
  };
}
