import type { SnapshotFile } from "@mlx-download/cache";
import { absentShards } from "@mlx-download/cache/writing";
import { createSnapshotBytes } from "../find/model-bytes.ts";
import { variantSearch } from "../find/variant-search.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { DownloadRequest } from "../request/download-request.ts";
import type { ResolvedSnapshot } from "../request/resolve-snapshot.ts";
import { standInKind } from "./stand-in-kind.ts";

const LOADABLE = /\.(?:safetensors|npz)$/i;
const FORMATS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["GGUF", /\.gguf$/i],
  ["pickle", /\.(?:bin|pt|pth|ckpt|pkl)$/i],
  ["ONNX", /\.onnx$/i],
  ["TensorFlow", /\.(?:h5|msgpack|tflite)$/i],
];
/** Texts in the place of weights are shorter. "Entry not found", the shortest one seen, has 15 bytes. */
const STAND_IN_BYTES = { least: 15, most: 1024 };

/** A problem of a repo's weights, and the next step where it is not another variant. */
interface Problem {
  readonly why: string;
  readonly hint?: string;
}

/**
 * Warns, before the first byte of a download that names no files, of a repo that MLX cannot load at all: weights in other
 * formats only, shards that the file list lacks, or texts in the place of weights (pointers of git-lfs, web pages). Reads
 * nothing but files that are too small for weights.
 */
export async function tellUnloadable(
  request: DownloadRequest,
  resolved: ResolvedSnapshot,
  selected: readonly SnapshotFile[],
): Promise<void> {
  const { repoId, repoType, selection, emit } = request;
  if (repoType !== "model" || selection.include !== undefined) return;
  const { files, withheld = [] } = resolved.snapshot;
  const problem =
    foreignOnly(selected) ??
    missingShards([...files, ...withheld].map(({ path }) => path)) ??
    (await firstStandIn(request, resolved, selected));
  if (problem === undefined) return;
  emit({
    type: "warning",
    code: "review/cannot-load",
    message: `MLX cannot load ${repoId}: ${problem.why}.`,
    hint: problem.hint ?? `Look for an MLX variant: ${variantSearch(repoId)}`,
  });
}

/** Why none of the weights can be loaded, by their names. */
function foreignOnly(files: readonly SnapshotFile[]): Problem | undefined {
  if (files.some(({ path }) => LOADABLE.test(path))) return undefined;
  const formats = FORMATS.flatMap(([name, pattern]) =>
    files.some(({ path }) => pattern.test(path)) ? [name] : [],
  );
  return formats.length === 0
    ? undefined
    : { why: `its weights are ${formats.join(" and ")} files only` };
}

/** Shards beside config.json whose names say that there are more of them than the file list has. */
function missingShards(paths: readonly string[]): Problem | undefined {
  const beside = paths.filter((path) => LOADABLE.test(path) && !path.includes("/"));
  const [first, ...more] = absentShards(new Set(beside), () => undefined);
  if (first === undefined) return undefined;
  const others = more.length === 0 ? "" : ` and ${more.length} more`;
  return {
    why: `${first}${others}, without which its weights are not whole, is not in the file list`,
    hint: "Tell the repo's owner, or try another `endpoint`: a mirror may have left it out.",
  };
}

async function firstStandIn(
  request: DownloadRequest,
  resolved: ResolvedSnapshot,
  files: readonly SnapshotFile[],
): Promise<Problem | undefined> {
  const weights = files.filter(({ path }) => LOADABLE.test(path));
  const empty = weights.find(({ size }) => size === 0);
  if (empty !== undefined) return { why: `${empty.path} is empty` };
  const { least, most } = STAND_IN_BYTES;
  const suspects = weights.filter(({ size }) => size >= least && size <= most);
  const [suspect] = suspects;
  // A backend is chosen so that no other client asks the Hub.
  if (suspect === undefined || request.backend || request.settings.offline) return undefined;
  const { path, size } = suspect;
  try {
    const bytes = await createSnapshotBytes(request, resolved);
    const text = Buffer.from(await bytes.read(path, { start: 0, end: size })).toString("latin1");
    const kind = standInKind(text);
    if (kind === undefined) return undefined;
    const more = suspects.length > 1 ? ` (${suspects.length} such files)` : "";
    return { why: `${path} is ${kind} of ${size} bytes, not weights${more}` };
  } catch (error) {
    request.signal.throwIfAborted();
    // The download itself will meet the same fault, and say so.
    if (error instanceof ModelDownloadError) return undefined;
    throw error;
  }
}
