import { resolve } from "node:path";
import {
  type BadFile,
  expandHome,
  formatDigest,
  listRepos,
  type RepoLayout,
  repoLayout,
  type RepoType,
  snapshotPath,
  type VerifiedFile,
} from "@mlx-download/cache";
import {
  type Mended,
  mendRepo,
  prepareLocalDir,
  prepareRepo,
  quarantine,
  writeLocalTreeRecord,
  writeTreeRecord,
  timedEmitter,
  type WithoutTime,
} from "@mlx-download/cache/writing";
import { codedError } from "../contract/coded-error.ts";
import type { XetMode } from "../contract/xet-mode.ts";
import { runDownload } from "../download/download.ts";
import { readRequest } from "../request/download-request.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { DownloadEvent } from "../contract/events.ts";
import type { RepoRef } from "../settings/ref.ts";
import { readSettings, type Settings } from "../settings/settings.ts";
import { isNews } from "../contract/tell-once.ts";
import { isPublicFile } from "../hub/gated.ts";
import { type Hubs, openHubs } from "../request/hubs.ts";
import { type CommitListing, listCommit } from "../request/list-commit.ts";
import { cachePlace, localPlace, setAside } from "./repair-place.ts";
import type { RepairedFile, RepairEvent, RepairReport, UnrepairedFile } from "./repair-report.ts";
import { parseRefs, verifyFolder, type VerifyModelsOptions, verifyRefs } from "./verify-models.ts";

/** Options of `repairModels`. */
export interface RepairOptions extends Omit<VerifyModelsOptions, "onEvent" | "onNotice"> {
  /** Connections at once, 1 to 64. Default 8. */
  readonly connections?: number | undefined;
  /** Bytes a second. */
  readonly limitRate?: number | undefined;
  /** As for `download`. */
  readonly xet?: XetMode | undefined;
  readonly onEvent?: ((event: RepairEvent) => void) | undefined;
}

/** The files of one commit that need repair. */
interface Damage {
  readonly repoId: string;
  readonly repoType: RepoType;
  readonly commit: string;
  readonly bad: BadFile[];
  readonly dangling: VerifiedFile[];
}

/**
 * Verifies the named models (every repo in the cache when none is named), then repairs the damage. Damaged data goes to
 * quarantine, and its damaged parts are fetched again, or the whole file where no record locates them. Links without
 * content get it back. Refs that keep other clients out are corrected. Before any file is moved, the Hub is asked
 * whether it still has the commit. Files that cannot be repaired are listed in `failed` and do not stop the rest.
 * Rejects as `verifyModels` does. Aborting leaves unfinished work for the next run or download.
 */
export async function repairModels(
  refs: readonly (string | RepoRef)[],
  options: RepairOptions = {},
): Promise<RepairReport> {
  const emit = timedEmitter(options.onEvent);
  const localDir =
    options.localDir === undefined ? undefined : resolve(expandHome(options.localDir, options.env));
  if (localDir !== undefined && refs.length !== 1) {
    throw new ModelDownloadError("a folder is repaired from one model", "settings/invalid", {
      hint: "Name the model that the folder was filled from.",
    });
  }
  const parsed = parseRefs(refs, options);
  const settings = await readSettings(options);
  const verifying = { options: { ...options, onEvent: emit }, settings };
  const { env = process.env, signal, fetch } = options;
  /** A Hub's messages are reported once, whichever question of the repair receives them. */
  const step = (event: Step): void => {
    if (isNews(options, event, event.at)) emit(event);
  };
  let repoId = "";
  const hubs = openHubs(settings, {
    env,
    signal,
    fetch,
    onEvent(body) {
      const event = { ...body, at: Date.now(), repoId };
      if (isStep(event)) step(event);
    },
  });
  const repaired: RepairedFile[] = [];
  const failed: UnrepairedFile[] = [];
  const bytes = { fetched: 0, wire: 0 };
  /** Blobs that several files share are set aside once. */
  const aside = new Map<string, Awaited<ReturnType<typeof setAside>>>();
  try {
    const found =
      localDir === undefined
        ? await verifyRefs(parsed, verifying)
        : await verifyFolder(parsed, localDir, verifying);
    const io = { options: { ...options, localDir }, settings, hubs, aside, emit, step };
    for (const damage of byCommit(found)) {
      repoId = damage.repoId;
      try {
        const one = await repairCommit(damage, io);
        repaired.push(...one.repaired);
        for (const file of one.repaired) emit({ type: "repair-done", ...file });
        bytes.fetched += one.bytes.fetched;
        bytes.wire += one.bytes.wire;
        failed.push(...one.failed);
      } catch (error) {
        options.signal?.throwIfAborted();
        const files = [...damage.bad, ...damage.dangling];
        failed.push(...files.map((file) => unrepaired(file, error)));
      }
    }
    for (const file of failed) emit({ type: "repair-failed", ...file });
    const mended = localDir === undefined ? await mendRepos(parsed, options, settings) : [];
    return { repaired, mended, bytes, failed, found };
  } catch (error) {
    throw codedError(error, parsed.length === 1 ? parsed[0]?.repoId : undefined);
  } finally {
    await hubs.close();
  }
}

async function repairCommit(
  damage: Damage,
  io: {
    readonly options: RepairOptions;
    readonly settings: Settings;
    readonly hubs: Hubs;
    readonly aside: Map<string, Awaited<ReturnType<typeof setAside>>>;
    readonly emit: (event: WithoutTime<RepairEvent>) => void;
    readonly step: (event: Step) => void;
  },
): Promise<Pick<RepairReport, "repaired" | "bytes" | "failed">> {
  const { repoId, repoType, commit, bad, dangling } = damage;
  const { options, settings, aside, emit } = io;
  const ref = { repoId, repoType, revision: commit };
  const forDownload = { ...options, revision: undefined, force: false };
  const layout = repoLayout(settings.cacheDir, repoId, repoType);
  const { tree, refusal } = await askFirst(layout, commit, io);
  const listing = new Map(tree.files.map((file) => [file.path, file]));
  const { localDir } = options;
  const place = localDir === undefined ? cachePlace(layout) : localPlace(localDir);
  if (localDir === undefined) {
    await prepareRepo(layout);
    if (tree.withheld.length === 0) await writeTreeRecord(layout, commit, tree.files);
  } else {
    await prepareLocalDir(localDir);
    if (tree.withheld.length === 0) await writeLocalTreeRecord(localDir, commit, tree.files);
  }

  const repaired: RepairedFile[] = [];
  const failed: UnrepairedFile[] = [];
  const wanted: string[] = [];
  for (const file of bad) {
    options.signal?.throwIfAborted();
    const { path, blob } = file;
    try {
      // Nothing is moved of which the Hub would not give us the bytes again.
      if (refusal !== undefined && !isPublicFile(file)) throw refusal;
      const listed = listing.get(path);
      if (listed === undefined) throw notListed(file);
      const expected = formatDigest(listed.digest);
      // The record that it was checked against was wrong, and is right now. The file was right all along.
      if (expected === file.actual) {
        repaired.push({ repoId, repoType, commit, path, how: "entry", quarantined: null });
      } else {
        const right = { ...file, expected, expectedSize: listed.size };
        const done = aside.get(blob) ?? (await setAside(right, place));
        aside.set(blob, done);
        const one = { repoId, repoType, commit, path, ...done };
        repaired.push(one);
        emit({ type: "repair-set-aside", ...one });
      }
      wanted.push(path);
    } catch (error) {
      failed.push(unrepaired(file, error));
    }
  }
  for (const file of dangling) {
    const { path } = file;
    const listed = listing.has(path);
    if (refusal !== undefined && !isPublicFile(file)) {
      failed.push(unrepaired(file, refusal));
      continue;
    }
    // A link without content that no listing knows: nothing is lost, and other clients read the repo again.
    const quarantined =
      listed || localDir !== undefined
        ? null
        : await quarantine(place.quarantine, snapshotPath(layout, commit, path));
    if (listed) wanted.push(path);
    repaired.push({
      repoId,
      repoType,
      commit,
      path,
      how: listed ? "entry" : "removed",
      quarantined,
    });
  }
  const bytes = { fetched: 0, wire: 0 };
  if (wanted.length > 0) {
    const asked = {
      ...forDownload,
      include: wanted.map(literally),
      onEvent: (event: DownloadEvent) => {
        if (isStep(event)) io.step(event);
      },
    };
    const result = await runDownload(await readRequest(ref, asked, settings));
    bytes.fetched = result.bytes.fetched;
    bytes.wire = result.bytes.wire;
  }
  return { repaired, failed, bytes };
}

function notListed({ repoId, commit, path }: VerifiedFile): ModelDownloadError {
  return new ModelDownloadError(
    `${repoId} has no ${path} at ${commit.slice(0, 7)} on the Hub`,
    "hub/entry-not-found",
    {
      hint: "Remove the file, or the snapshot, if it is not needed. No file was moved.",
      repoId,
      data: { path, commit },
    },
  );
}

/** Asks the Hub for the commit's listing, before any file is moved. */
function askFirst(
  layout: RepoLayout,
  commit: string,
  io: {
    readonly options: RepairOptions;
    readonly settings: Settings;
    readonly hubs: Hubs;
  },
): Promise<CommitListing> {
  const { repoId } = layout;
  if (!io.settings.offline) return listCommit(io.hubs, { layout, commit }, io.options.signal);
  throw new ModelDownloadError(`${repoId} needs the Hub for its repair`, "offline/not-cached", {
    hint: "Run again without the option `offline` and without HF_HUB_OFFLINE. No file was moved.",
    repoId,
  });
}

async function mendRepos(
  named: readonly RepoRef[],
  options: RepairOptions,
  { cacheDir }: Settings,
): Promise<readonly Mended[]> {
  const layouts =
    named.length > 0
      ? named.map(({ repoId }) => repoLayout(cacheDir, repoId, options.repoType))
      : await listRepos(cacheDir);
  const mended: Mended[] = [];
  for (const layout of layouts) mended.push(...(await mendRepo(layout)));
  return mended;
}

function byCommit(found: RepairReport["found"]): readonly Damage[] {
  const damages = new Map<string, Damage>();
  const of = ({ repoId, repoType, commit }: VerifiedFile): Damage => {
    const key = `${repoType} ${repoId} ${commit}`;
    const damage = damages.get(key) ?? { repoId, repoType, commit, bad: [], dangling: [] };
    damages.set(key, damage);
    return damage;
  };
  for (const file of found.bad) of(file).bad.push(file);
  for (const file of found.missing) if (file.reason === "dangling") of(file).dangling.push(file);
  return [...damages.values()];
}

function unrepaired(
  { repoId, repoType, commit, path }: VerifiedFile,
  cause: unknown,
): UnrepairedFile {
  const error = codedError(cause, undefined);
  const { code, message, hint } =
    error instanceof ModelDownloadError
      ? error
      : { code: "unexpected", message: String(error), hint: "" };
  return { repoId, repoType, commit, path, code, message, hint };
}

/** A pattern that matches this path and no other. */
function literally(path: string): string {
  return path.replaceAll(/[*?[]/g, "[$&]");
}

type Step = Exclude<DownloadEvent, { type: "result" | "error" }>;

function isStep(event: DownloadEvent): event is Step {
  return event.type !== "result" && event.type !== "error";
}
