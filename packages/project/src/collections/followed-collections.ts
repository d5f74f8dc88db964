import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { acquireLock, replaceBeside } from "@mlx-download/cache/writing";
import { type Collection, parseCollectionRef, readCollection } from "@mlx-download/core";
import { readText } from "../files/read-project.ts";
import type { AskOptions } from "../models/project-options.ts";
import { collectionsFolder } from "./local-collections.ts";

/** A collection of the Hub that this user follows, as it was when it was looked at last. */
export interface FollowedCollection {
  readonly slug: string;
  readonly title: string;
  /** ISO 8601. Null where the Hub does not say. */
  readonly lastUpdated: string | null;
  /** When the Hub was asked last, ISO 8601. */
  readonly checkedAt: string;
  /** Repo ids. */
  readonly models: readonly string[];
  /** Models that came or went since the collection was shown or downloaded last. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** A collection is asked for again after this long, and not before. */
const FRESH_MS = 24 * 3_600_000;
const LOCK_MS = 30_000;

/** Follows a collection. */
export async function followCollection(
  collection: Collection,
  options: AskOptions = {},
): Promise<FollowedCollection> {
  const models = collection.models.map(({ repoId }) => repoId);
  const followed = { ...recordOf(collection), models, added: [], removed: [] };
  await edit(options, (all) => all.set(followed.slug, followed));
  return followed;
}

/** Marks the changes of a collection as seen, where it is followed. */
export async function markCollectionSeen(
  collection: Collection,
  options: AskOptions = {},
): Promise<void> {
  const known = (await read(options)).get(collection.slug);
  if (known !== undefined) await followCollection(collection, options);
}

/** Stops following. False when it was not followed. */
export async function unfollowCollection(ref: string, options: AskOptions = {}): Promise<boolean> {
  const slug = parseCollectionRef(ref);
  let known = false;
  await edit(options, (all) => (known = all.delete(slug)));
  return known;
}

/**
 * The followed collections, by slug. Those that were not asked for today are asked for again, unless `offline` or the Hub is
 * away, and the changes are kept until the collection is shown.
 */
export async function listFollowed(
  options: AskOptions = {},
): Promise<readonly FollowedCollection[]> {
  const known = await read(options);
  const stale = [...known.values()].filter(
    ({ checkedAt }) => Date.now() - Date.parse(checkedAt) > FRESH_MS,
  );
  const asked = options.offline === true ? [] : stale;
  const fresh = await Promise.all(
    asked.map(({ slug }) => readCollection(slug, options).catch(() => undefined)),
  );
  options.signal?.throwIfAborted();
  const found = fresh.filter((one) => one !== undefined);
  if (found.length === 0) return sorted(known);
  return sorted(
    await edit(options, (all) => {
      for (const collection of found) {
        const before = all.get(collection.slug);
        if (before) all.set(collection.slug, changed(before, collection));
      }
    }),
  );
}

const recordOf = ({
  slug,
  title,
  lastUpdated,
}: Collection): Pick<FollowedCollection, "slug" | "title" | "lastUpdated" | "checkedAt"> => ({
  slug,
  title,
  lastUpdated,
  checkedAt: new Date().toISOString(),
});

function changed(before: FollowedCollection, now: Collection): FollowedCollection {
  const models = now.models.map(({ repoId }) => repoId);
  const isNew = (repoId: string): boolean => !before.models.includes(repoId);
  const isGone = (repoId: string): boolean => !models.includes(repoId);
  const added = [...before.added, ...models.filter(isNew)].filter((one) => !isGone(one));
  const removed = [...before.removed, ...before.models.filter(isGone)].filter(isGone);
  return { ...recordOf(now), models, added: [...new Set(added)], removed: [...new Set(removed)] };
}

const sorted = (all: ReadonlyMap<string, FollowedCollection>): readonly FollowedCollection[] =>
  [...all.values()].toSorted((a, b) => (a.slug < b.slug ? -1 : 1));

const placeOf = ({ env }: AskOptions): string => join(collectionsFolder(env), "followed.json");

/** An unreadable file follows nothing: its content is on the Hub. */
async function read(options: AskOptions): Promise<Map<string, FollowedCollection>> {
  try {
    const { followed } = JSON.parse((await readText(placeOf(options))) ?? "{}") as {
      readonly followed?: readonly FollowedCollection[];
    };
    return new Map((followed ?? []).filter(isFollowed).map((one) => [one.slug, one]));
  } catch {
    return new Map();
  }
}

function isFollowed(one: FollowedCollection): boolean {
  const texts = [one.slug, one.title, one.checkedAt];
  const lists = [one.models, one.added, one.removed];
  return texts.every((text) => typeof text === "string") && lists.every(Array.isArray);
}

async function edit(
  options: AskOptions,
  change: (all: Map<string, FollowedCollection>) => unknown,
): Promise<ReadonlyMap<string, FollowedCollection>> {
  const path = placeOf(options);
  await mkdir(dirname(path), { recursive: true });
  const held = await acquireLock(`${path}.lock`, { timeoutMs: LOCK_MS, signal: options.signal });
  try {
    const all = await read(options);
    change(all);
    const text = JSON.stringify({ schema: 1, followed: sorted(all) }, undefined, 2);
    await replaceBeside(path, `${text}\n`);
    return all;
  } finally {
    await held.release();
  }
}
