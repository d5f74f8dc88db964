import { readModelCard } from "@mlx-download/fit";
import { codedError } from "../contract/coded-error.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { HubOptions } from "../contract/options.ts";
import { readRepoRequest } from "../request/repo-request.ts";
import { resolveSnapshot } from "../request/resolve-snapshot.ts";
import type { RepoRef } from "../settings/ref.ts";
import { createSnapshotBytes } from "./model-bytes.ts";

/** A model card: the README of a repo, and the fields of its front matter that matter to a user. */
export interface CardText {
  readonly repoId: string;
  readonly revision: string;
  readonly commit: string;
  /** As the card writes it: `apache-2.0`, `llama3.2`, `other` …. Null when it names none. */
  readonly license: string | null;
  readonly baseModels: readonly string[];
  /** Markdown without the front matter. */
  readonly text: string;
}

const CARD = "README.md";
/** Cards are read whole. A longer one is cut there (bytes). */
const MAX_BYTES = 2_000_000;

/**
 * Reads a model card, from the cache where it is there, otherwise from the Hub, which gives it to anyone, for gated
 * repos too. Rejects as `planModel` does, and with `card/not-found`.
 */
export async function readCard(ref: string | RepoRef, options: HubOptions = {}): Promise<CardText> {
  const request = await readRepoRequest(ref, options);
  try {
    const resolved = await resolveSnapshot(request);
    const { repoId, revision, commit, files } = resolved.snapshot;
    const file = files.find(({ path }) => path === CARD);
    const bytes = await createSnapshotBytes(request, resolved);
    if (file === undefined || (request.settings.offline && !bytes.isHere(CARD)))
      throw new ModelDownloadError(`there is no model card of ${repoId}`, "card/not-found", {
        hint:
          file === undefined
            ? "The repo has no README.md. Choose another revision, or look at its files."
            : "It is not in the cache. Ask again with network.",
        repoId,
      });
    const end = Math.min(file.size, MAX_BYTES);
    const whole = new TextDecoder().decode(await bytes.read(CARD, { start: 0, end }));
    const { license = null, baseModels } = readModelCard(whole);
    const text = whole.replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n?/, "").trimStart();
    return { repoId, revision, commit, license, baseModels, text };
  } catch (error) {
    throw codedError(error, request.repoId);
  } finally {
    await request.hubs.close();
  }
}
