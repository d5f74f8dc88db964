import { type Stats, statSync } from "node:fs";
import { checkSafetensors } from "./check-safetensors.ts";
import { formatDigest, type Digest } from "../digest/digest.ts";
import { digestFiles } from "../digest/digest-files.ts";
import type { FileDigest } from "../digest/read-digest.ts";
import { errnoOf } from "../disk/errno.ts";
import { timedEmitter } from "../events/guard-listener.ts";
import {
  firstDamage,
  readProofRecord,
  writeProofRecord,
  type ProofFolder,
} from "../records/proof-record.ts";
import { forgetVerified, noteVerified, readVerified } from "../records/verified-record.ts";
import type {
  BadFile,
  DamagedView,
  MissingFile,
  UnprovenFile,
  VerifiedFile,
  VerifyEvent,
  VerifyReport,
} from "./verify-report.ts";

/** How to verify. */
export interface VerifyOptions {
  /** Only sizes and safetensors headers. Weights are read when a file's header does not fit it. */
  readonly quick?: boolean | undefined;
  /** Also read files that an interrupted run verified less than a day ago. */
  readonly force?: boolean | undefined;
  /** Threads that read and hash. Default: one per core. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Errors thrown by the listener are ignored. */
  readonly onEvent?: ((event: VerifyEvent) => void) | undefined;
}

/** A file that is here, and its expected content. */
export interface Expectation {
  readonly file: VerifiedFile;
  readonly blob: string;
  readonly digest: Digest;
  /** Null where no listing says it. */
  readonly size: number | null;
  readonly proofs: ProofFolder;
  /** The view that the file lies in. Absent for the cache's own. */
  readonly view?: DamagedView | undefined;
}

/** Content on the disk that one or more files share. */
interface Content {
  readonly path: string;
  readonly stats: Stats;
  readonly size: number;
  readonly algorithm: Digest["algorithm"];
  readonly expectations: [Expectation, ...Expectation[]];
}

// Smaller ones are read again as fast as they are looked up.
const WORTH_NOTING_BYTES = 1 << 20;
const PROGRESS_MS = 100;

/**
 * Verifies files, each content once. Adds the caller's missing or unproven files to the report, and its views that lack
 * files. What is wrong in a view is reported with the view.
 */
export async function verifyFiles(
  expectations: readonly Expectation[],
  known: {
    readonly missing: readonly MissingFile[];
    readonly unproven: readonly UnprovenFile[];
    readonly views?: readonly DamagedView[] | undefined;
  },
  options: VerifyOptions,
): Promise<VerifyReport> {
  const bad: BadFile[] = [];
  const badInViews = new Map<DamagedView, readonly string[]>();
  const unproven = [...known.unproven];
  const emit = timedEmitter(options.onEvent);
  const report = (content: Content, told: Verdict): void => {
    for (const one of content.expectations) {
      if (one.view !== undefined) {
        badInViews.set(one.view, [...(badInViews.get(one.view) ?? []), one.file.path]);
        continue;
      }
      const file = badFile(one, content, told);
      bad.push(file);
      emit({ type: "verify-bad", ...file });
    }
  };
  const contents = contentsOf(expectations);
  const result = { checked: expectations.length + known.unproven.length, bytesKnown: 0, bytes: 0 };

  const folders = new Map(expectations.map(({ proofs }) => [proofs.directory, proofs]));
  const suspects = new Map<Content, string>();
  if (options.quick === true) {
    for (const content of contents) {
      options.signal?.throwIfAborted();
      const verdict = await checkQuickly(content);
      // A strange header may be exactly the published one. Only the digest can tell.
      if (verdict?.reason === "header") suspects.set(content, verdict.message);
      else if (verdict !== undefined) report(content, verdict);
    }
  }
  const { toRead, bytesKnown } =
    options.quick === true
      ? { toRead: [...suspects.keys()], bytesKnown: 0 }
      : await withoutKnown(contents, folders, options.force === true);
  const bytes = toRead.reduce((sum, { size }) => sum + size, 0);
  const progress = { files: contents.length, filesDone: contents.length - toRead.length, bytes };
  let bytesDone = 0;
  let told = performance.now();
  const tell = (): void => {
    told = performance.now();
    emit({ type: "verify-progress", ...progress, bytesDone });
  };
  emit({ type: "verify-started", files: contents.length, bytes });
  const judge = async (content: Content, digest: FileDigest): Promise<void> => {
    const verdict = await conclude(content, digest, options.quick !== true);
    if (verdict === "not-readable") {
      const files = content.expectations.filter(isOwn).map(({ file }) => file);
      unproven.push(...files.map((file) => ({ ...file, reason: "not-readable" as const })));
    } else if (verdict !== undefined) {
      const message = suspects.get(content);
      report(content, message === undefined ? verdict : { ...verdict, reason: "header", message });
    }
  };
  const judged: Promise<void>[] = [];
  try {
    await digestFiles(toRead, {
      threads: options.threads,
      signal: options.signal,
      onRead(read) {
        bytesDone += read;
        if (performance.now() - told > PROGRESS_MS) tell();
      },
      onDigest(content, digest) {
        progress.filesDone += 1;
        judged.push(judge(content, digest));
      },
    });
  } finally {
    await Promise.all(judged);
  }
  tell();
  if (options.quick !== true) {
    for (const folder of folders.values()) await forgetVerified(folder);
  }
  const { missing } = known;
  const here = expectations.filter(isOwn).map(({ file }) => file);
  const unverified = withoutVerified([...here, ...known.unproven, ...missing], {
    here,
    failed: [...bad, ...unproven],
  });
  const views = (known.views ?? []).flatMap((view) => {
    const wrong = (badInViews.get(view) ?? []).toSorted();
    return view.missing.length + wrong.length === 0 ? [] : { ...view, bad: wrong };
  });
  for (const view of views) emit({ type: "verify-view", ...view });
  return {
    ...result,
    views,
    unverified,
    bytes: bytesDone,
    bytesKnown,
    bad: bad.toSorted(byPlace),
    missing,
    unproven,
  };
}

const isOwn = ({ view }: Expectation): boolean => view === undefined;

/** The result for one content. */
type Verdict = Pick<BadFile, "actual" | "reason" | "message" | "damage">;

/** Checks size and header without reading large files. */
async function checkQuickly(content: Content): Promise<Verdict | undefined> {
  const [{ size, file }] = content.expectations;
  if (size !== null && size !== content.size) return wrongSize(content, size, null);
  if (!/\.safetensors$/i.test(file.path)) return undefined;
  try {
    const message = await checkSafetensors(content.path);
    if (message === undefined) return undefined;
    return { reason: "header", message: `By its header ${message}.`, actual: null, damage: null };
  } catch (error) {
    if (errnoOf(error) !== "EIO") return undefined;
    return unreadable(errnoOf(error));
  }
}

function wrongSize(content: Content, expected: number, actual: string | null): Verdict {
  const message = `It has ${content.size} bytes instead of ${expected}.`;
  return { reason: "size", message, actual, damage: null };
}

function unreadable(errno: string | undefined): Verdict {
  const message = `The disk does not give its bytes (${errno ?? "unknown error"}).`;
  return { reason: "unreadable", message, actual: null, damage: null };
}

/**
 * Judges a digest and saves the result: for a later repair, and in a full run (`note`) for one that
 * resumes it.
 */
async function conclude(
  content: Content,
  answer: FileDigest,
  note: boolean,
): Promise<Verdict | "not-readable" | undefined> {
  const [first] = content.expectations;
  const { digest, size } = first;
  if (answer.type === "failed") {
    if (["EACCES", "EPERM"].includes(answer.errno ?? "")) return "not-readable";
    return unreadable(answer.errno);
  }
  const actual = formatDigest({ algorithm: digest.algorithm, hex: answer.hex });
  if (answer.hex === digest.hex) {
    await Promise.all(
      // A note tells of one file on the disk, and a view's copy is another.
      content.expectations
        .filter(isOwn)
        .map((one) => saveRecords(one, content, { beginnings: answer.beginnings, note })),
    );
    return undefined;
  }
  if (size !== null && size !== content.size) return wrongSize(content, size, actual);
  const record = await readProofRecord(first.proofs, { digest, size: content.size });
  const damage = record === undefined ? null : firstDamage(content.size, record, answer.beginnings);
  return { reason: "digest", message: "Its bytes are not the file's.", actual, damage };
}

/** The cache may be read-only. A record that cannot be saved only costs time later. */
async function saveRecords(
  { proofs, digest }: Expectation,
  { size, stats }: Content,
  { beginnings, note }: { readonly beginnings: readonly string[]; readonly note: boolean },
): Promise<void> {
  try {
    if (note && size >= WORTH_NOTING_BYTES) await noteVerified(proofs, digest.hex, stats);
    if ((await readProofRecord(proofs, { digest, size })) === undefined) {
      await writeProofRecord(proofs, { digest, size }, beginnings);
    }
  } catch {
    // As said above.
  }
}

/** Files that lead to the same bytes on the disk and should be the same, as one. */
function contentsOf(expectations: readonly Expectation[]): readonly Content[] {
  const contents = new Map<string, Content>();
  for (const expectation of expectations) {
    const { blob, digest } = expectation;
    const stats = statSync(blob, { throwIfNoEntry: false });
    if (stats === undefined) continue; // it went meanwhile
    // Windows' inode numbers may be rounded, so that two files share one.
    const id = process.platform === "win32" ? blob : `${stats.dev}:${stats.ino}`;
    const key = `${id} ${formatDigest(digest)}`;
    const there = contents.get(key);
    if (there !== undefined) {
      there.expectations.push(expectation);
      continue;
    }
    const { size } = stats;
    const { algorithm } = digest;
    contents.set(key, { path: blob, stats, size, algorithm, expectations: [expectation] });
  }
  return [...contents.values()];
}

/** Leaves out files that an interrupted run verified. */
async function withoutKnown(
  contents: readonly Content[],
  folders: ReadonlyMap<string, ProofFolder>,
  force: boolean,
): Promise<{ toRead: readonly Content[]; bytesKnown: number }> {
  if (force) return { toRead: contents, bytesKnown: 0 };
  const known = new Map<string, Awaited<ReturnType<typeof readVerified>>>();
  for (const folder of folders.values()) known.set(folder.directory, await readVerified(folder));
  let bytesKnown = 0;
  const toRead = contents.filter(({ expectations: [{ proofs, digest }], stats }) => {
    if (known.get(proofs.directory)?.(digest.hex, stats) !== true) return true;
    bytesKnown += stats.size;
    return false;
  });
  return { toRead, bytesKnown };
}

/** The repos among `all` of which no file is here that did not fail. */
function withoutVerified(
  all: readonly VerifiedFile[],
  files: { readonly here: readonly VerifiedFile[]; readonly failed: readonly VerifiedFile[] },
): VerifyReport["unverified"] {
  const failed = new Set(files.failed.map(placeOf));
  const good = new Set(files.here.filter((file) => !failed.has(placeOf(file))).map(repoOf));
  const repos = new Map(all.map((file) => [repoOf(file), file]));
  return [...repos]
    .filter(([repo]) => !good.has(repo))
    .map(([, { repoId, repoType }]) => ({ repoId, repoType }));
}

const repoOf = ({ repoType, repoId }: VerifiedFile): string => `${repoType} ${repoId}`;
const placeOf = (file: VerifiedFile): string => `${repoOf(file)}\0${file.commit}\0${file.path}`;

function badFile(
  { file, blob, digest, size }: Expectation,
  content: Content,
  told: Verdict,
): BadFile {
  const expected = formatDigest(digest);
  return { ...file, blob, expected, ...told, size: content.size, expectedSize: size };
}

function byPlace(a: BadFile, b: BadFile): number {
  return placeOf(a) < placeOf(b) ? -1 : 1;
}
