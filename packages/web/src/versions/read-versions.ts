import { listPins, readRef, repoLayout } from "@mlx-download/cache";
import {
  type HubOptions,
  listVersions,
  lookAtSnapshot,
  planUpdate,
  type RepoRef,
  type SnapshotLook,
} from "@mlx-download/core";
import { diffSnapshots } from "@mlx-download/registry";
import type { DifferencePage, UpdateCheck, VersionsPage } from "../contract.ts";
import { badRequest, failureOf } from "../errors.ts";

/** A ref to one branch of a model, and where its Hub and cache are. */
export interface VersionsQuestion extends HubOptions {
  readonly repoId: string;
  readonly revision: string;
  readonly cacheDir: string;
}

/** Versions of the Hub that the page shows. */
const MOST_VERSIONS = 50;
/** Differences that it shows of each sort. */
const MOST_ROWS = 300;
/** Longer values of a config are cut (characters). */
const MOST_VALUE = 80;
const texts = ["config.json", "tokenizer_config.json"];

/** The versions of a model. Rejects as `listVersions` does. */
export async function readVersions(question: VersionsQuestion): Promise<VersionsPage> {
  const { repoId, revision, cacheDir, ...hub } = question;
  const found = await listVersions(
    { repoId, revision },
    { ...hub, cacheDir, limit: MOST_VERSIONS },
  );
  return {
    repoId: found.repoId,
    revision,
    current: (await readRef(repoLayout(cacheDir, found.repoId), revision)) ?? null,
    versions: found.versions.map(({ commit, date, title, here, refs, refsHere, arrivedAt }) => ({
      commit,
      date,
      title,
      here,
      refs: [...new Set([...refs, ...refsHere])],
      arrivedAt,
    })),
    more: found.more,
    withoutHub: found.withoutHub === undefined ? null : failureOf(found.withoutHub),
  };
}

/** Compares two commits of a model: by the cache's listings where it has them. Rejects as `lookAtSnapshot` does. */
export async function readDifference(
  question: Omit<VersionsQuestion, "revision"> & { readonly from: string; readonly to: string },
): Promise<DifferencePage> {
  const { repoId, from, to, ...hub } = question;
  const snapshotAt = async (revision: string): Promise<SnapshotLook> => {
    const ref: RepoRef = { repoId, revision };
    const here = lookAtSnapshot(ref, { ...hub, texts, offline: true });
    return here.catch(() => lookAtSnapshot(ref, { ...hub, texts }));
  };
  const [before, after] = await Promise.all([snapshotAt(from), snapshotAt(to)]);
  const { changes, files, config } = diffSnapshots(before, after);
  return {
    from: before.commit,
    to: after.commit,
    changes,
    files: files.slice(0, MOST_ROWS).map(({ path, status, from: was, to: is }) => ({
      path,
      status,
      from: was?.size ?? null,
      to: is?.size ?? null,
    })),
    config: config.slice(0, MOST_ROWS).map(({ key, from: was, to: is }) => ({
      key: line(key),
      from: was === undefined ? null : line(JSON.stringify(was)),
      to: is === undefined ? null : line(JSON.stringify(is)),
    })),
  };
}

const line = (text: string): string =>
  text.length > MOST_VALUE ? `${text.slice(0, MOST_VALUE - 1)}…` : text;

/** How a branch in the cache stands to the Hub's. Rejects as `planUpdate` does. */
export async function checkUpdate(question: VersionsQuestion): Promise<UpdateCheck> {
  const { repoId, revision, cacheDir, ...hub } = question;
  const [update, here, pins] = await Promise.all([
    planUpdate({ repoId, revision }, { ...hub, cacheDir }),
    readRef(repoLayout(cacheDir, repoId), revision),
    listPins(cacheDir).catch(() => []),
  ]);
  if (update === undefined) {
    if (here === undefined) throw badRequest(`${repoId} is not here.`, "Download it first.");
    return {
      repoId,
      revision,
      here,
      upstream: here,
      outdated: false,
      changes: [],
      cardOnly: false,
      turnedAway: false,
      pinned: false,
      bytesToFetch: 0,
    };
  }
  const { before, after, from, to, cardOnly, turnedAway, plan } = update;
  return {
    repoId,
    revision,
    here: from,
    upstream: to,
    outdated: true,
    changes: before ? diffSnapshots(before, after).changes : null,
    cardOnly,
    turnedAway,
    pinned: pins.some((pin) => pin.repoId === repoId && pin.revision === from),
    bytesToFetch: plan.bytes.toFetch,
  };
}
