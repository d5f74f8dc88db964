import { quantizationLabel, readModelCard } from "@mlx-download/fit";
import type { SnapshotFile } from "@mlx-download/cache";
import { codedError } from "../contract/coded-error.ts";
import type { KnownSnapshot } from "../settings/known-snapshot.ts";
import type { HubOptions, SelectionOptions } from "../contract/options.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import { readRepoRequest } from "../request/repo-request.ts";
import { resolveSnapshot } from "../request/resolve-snapshot.ts";
import { selectFiles } from "../select/as-meant.ts";
import type { RepoRef } from "../settings/ref.ts";
import { askAccess } from "../hub/ask-access.ts";
import { digestSmallFiles } from "./digest-small-files.ts";
import { createSnapshotBytes } from "./model-bytes.ts";
import { printableText, readRepoFacts, type RepoFacts } from "./repo-facts.ts";

/** Everything that tells one model from all others, to the byte, and a few facts for people. */
export interface IdentifiedModel extends KnownSnapshot {
  /** As asked for (`main` when nothing was said). */
  readonly revision: string;
  /** The source of the revision's commit. It is the cache also where the Hub is away. */
  readonly from: "hub" | "cache";
  /** `model_type` of its config. Null when it has none. */
  readonly modelType: string | null;
  /** Such as `4bit-g64`, as its config says. Null when it does not. */
  readonly quantization: string | null;
  /** The Hub's facts about the repo. Fields are null where no Hub tells them. */
  readonly repo: RepoFacts;
}

/** Configs are read whole. A longer one is taken for none (bytes). */
const MOST_CONFIG_BYTES = 1_000_000;

/**
 * Identifies a model by the SHA-256 of every selected file. That of LFS files is in the Hub's listing, the others (a few
 * megabytes) are read for it: from the cache where they are, else from the Hub. Weights are not fetched, and nothing is
 * written. Costs the two questions of a download, one for the facts, and the small files. Rejects as `planModel` does.
 */
export async function identifyModel(
  ref: string | RepoRef,
  options: HubOptions & SelectionOptions = {},
): Promise<IdentifiedModel> {
  const request = await readRepoRequest(ref, options);
  const { repoId, repoType, signal } = request;
  try {
    const { include, exclude, preset } = options;
    const given = { include, exclude, preset };
    const resolved = await resolveSnapshot({ ...request, selection: given });
    const { snapshot, client, from } = resolved;
    const { revision, commit, withheld = [] } = snapshot;
    const all = [...snapshot.files, ...withheld];
    const selected = selectFiles(given, all);
    if (selected.length === 0) throw noMatch(repoId, all.length);
    const files = selected.filter((file): file is SnapshotFile => "digest" in file);
    if (files.length < selected.length) {
      throw await askAccess(client, { ...snapshot, withheld }, { signal });
    }
    const bytes = await createSnapshotBytes(request, resolved);
    const read = async (path: string, most: number): Promise<string | undefined> => {
      const file = snapshot.files.find((one) => one.path === path);
      const isReadable = bytes.isHere(path) || !request.settings.offline;
      if (file === undefined || file.size === 0 || file.size > most || !isReadable)
        return undefined;
      return Buffer.from(await bytes.read(path, { start: 0, end: file.size })).toString("utf8");
    };
    const [known, config, facts] = await Promise.all([
      digestSmallFiles(files, bytes, signal),
      read("config.json", MOST_CONFIG_BYTES),
      request.settings.offline ? undefined : readRepoFacts(request.hubs, { repoId, commit }),
    ]);
    const parsed = parse(config);
    const license = facts?.license ?? (await cardLicense(read));
    return {
      repoId,
      repoType,
      revision,
      commit,
      from,
      files: known,
      modelType: textField(parsed, "model_type"),
      quantization: printableText(quantizationLabel(parsed)),
      repo: { objectId: facts?.objectId ?? null, gated: facts?.gated ?? false, license },
    };
  } catch (error) {
    throw codedError(error, repoId);
  } finally {
    await request.hubs.close();
  }
}

async function cardLicense(
  read: (path: string, most: number) => Promise<string | undefined>,
): Promise<string | null> {
  const card = await read("README.md", MOST_CONFIG_BYTES);
  return card === undefined ? null : printableText(readModelCard(card).license);
}

function noMatch(repoId: string, listed: number): ModelDownloadError {
  return new ModelDownloadError(
    listed === 0
      ? `${repoId} has no files`
      : `none of the ${listed} files of ${repoId} matches the patterns`,
    "select/no-match",
    {
      hint: "Patterns match the whole path and are case-sensitive. * also matches across folders.",
      repoId,
      data: { files: listed },
    },
  );
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

function textField(value: unknown, name: string): string | null {
  const field =
    typeof value === "object" && value !== null && name in value
      ? (value as Readonly<Record<string, unknown>>)[name]
      : undefined;
  return printableText(typeof field === "string" ? field : undefined);
}
