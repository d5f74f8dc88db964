import type { Collection, HubOptions } from "@mlx-download/core";
import type { ManifestModel } from "@mlx-download/registry";
import type { Flags } from "../../command-line/flags.ts";
import { hubNotices } from "../../shell/hub-notices.ts";
import type { Shell } from "../../shell/shell.ts";
import { readToken } from "../account/read-token.ts";

/** A model of a collection, wherever the collection is from. */
export interface ListedModel {
  readonly repoId: string;
  /** `org/name[@revision]`. */
  readonly ref: string;
  readonly model: ManifestModel;
  readonly note: string | null;
  readonly gated: false | "auto" | "manual";
}

/** A collection that was read, of the Hub, of this disk, or in a file. */
export interface OpenCollection {
  readonly kind: "hub" | "local" | "file";
  /** The slug, name or path. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** ISO 8601. */
  readonly lastUpdated: string | null;
  readonly models: readonly ListedModel[];
  /** Collections in it, by their slugs. */
  readonly collections: readonly string[];
  /** Datasets, spaces and the like. */
  readonly others: number;
  /** As the Hub gave it. Undefined for one that is not from there. */
  readonly source: Collection | undefined;
}

/** The way to the Hub for a question about collections. */
export async function askOptions(flags: Flags, shell: Shell): Promise<HubOptions> {
  return {
    endpoint: flags.endpoint,
    offline: flags.offline ? true : undefined,
    ...(await readToken(flags, shell)),
    env: shell.env,
    signal: shell.interrupt.signal,
    onEvent: hubNotices(flags, shell),
  };
}

/** Without the `collection:` that tells it from a model. */
const bare = (word: string): string => word.replace(/^collection:/i, "");

/** A file is told by its ending, or by how paths begin. */
const isFile = (name: string): boolean =>
  /\.json$/i.test(name) || /^(?:~|\.{1,2})?[/\\]/.test(name);

/**
 * Reads the collection that a word names: a file by its path, one of the Hub by `owner/title-id` or the address of its page,
 * a local one by its name.
 */
export async function openCollection(
  word: string,
  flags: Flags,
  shell: Shell,
): Promise<OpenCollection> {
  const name = bare(word);
  if (isFile(name) || !name.includes("/")) {
    const { readLocalCollection } = await import("@mlx-download/project");
    const { path, manifest } = await readLocalCollection(name, { env: shell.env });
    return {
      kind: isFile(name) ? "file" : "local",
      name: isFile(name) ? path : name,
      title: name,
      description: "",
      lastUpdated: null,
      models: [...manifest.models.values()].map((model) => ({
        repoId: model.ref.split("@")[0] ?? model.ref,
        ref: model.ref,
        model,
        note: null,
        gated: false,
      })),
      collections: [],
      others: 0,
      source: undefined,
    };
  }
  const { readCollection } = await import("@mlx-download/core");
  const source = await readCollection(name, await askOptions(flags, shell));
  const { slug, title, description, lastUpdated, models, collections, others } = source;
  return {
    kind: "hub",
    name: slug,
    title,
    description,
    lastUpdated,
    models: models.map(({ repoId, note, gated }) => ({
      repoId,
      ref: repoId,
      model: { ref: repoId, include: [], exclude: [], optional: false },
      note,
      gated,
    })),
    collections,
    others,
    source,
  };
}

/** The user sees the changes of a followed collection, so that they are no news any more. Never fails. */
export async function markSeen({ source }: OpenCollection, shell: Shell): Promise<void> {
  if (source === undefined) return;
  const { markCollectionSeen } = await import("@mlx-download/project");
  await markCollectionSeen(source, { env: shell.env }).catch(() => undefined);
}
