import type { SnapshotFile } from "@mlx-download/cache";
import { createSnapshotBytes } from "../find/model-bytes.ts";
import { variantSearch } from "../find/variant-search.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { DownloadRequest } from "../request/download-request.ts";
import type { ResolvedSnapshot } from "../request/resolve-snapshot.ts";

const LOADABLE = /\.(?:safetensors|npz)$/i;
const FORMATS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["GGUF", /\.gguf$/i],
  ["pickle", /\.(?:bin|pt|pth|ckpt|pkl)$/i],
  ["ONNX", /\.onnx$/i],
  ["TensorFlow", /\.(?:h5|msgpack|tflite)$/i],
];
/**
 * A git-lfs pointer is three lines of 120 to 140 bytes, a few more with extensions. A folder that was cloned without LFS
 * and uploaded again makes an LFS object of it.
 */
const POINTER_BYTES = { least: 110, most: 250 };

/**
 * Warns, before the first byte of a download that names no files, of a repo that MLX cannot load at all: weights in other
 * formats only, or git-lfs pointers that were uploaded in the place of weights. Reads nothing but suspected pointers.
 */
export async function tellUnloadable(
  request: DownloadRequest,
  resolved: ResolvedSnapshot,
  selected: readonly SnapshotFile[],
): Promise<void> {
  const { repoId, repoType, selection, emit } = request;
  if (repoType !== "model" || selection.include !== undefined) return;
  const problem = foreignOnly(selected) ?? (await firstPointer(request, resolved, selected));
  if (problem === undefined) return;
  emit({
    type: "warning",
    code: "review/cannot-load",
    message: `MLX cannot load ${repoId}: ${problem}.`,
    hint: `Look for an MLX variant: ${variantSearch(repoId)}`,
  });
}

/** Why none of the weights can be loaded, by their names. */
function foreignOnly(files: readonly SnapshotFile[]): string | undefined {
  if (files.some(({ path }) => LOADABLE.test(path))) return undefined;
  const formats = FORMATS.flatMap(([name, pattern]) =>
    files.some(({ path }) => pattern.test(path)) ? [name] : [],
  );
  return formats.length === 0 ? undefined : `its weights are ${formats.join(" and ")} files only`;
}

async function firstPointer(
  request: DownloadRequest,
  resolved: ResolvedSnapshot,
  files: readonly SnapshotFile[],
): Promise<string | undefined> {
  const suspects = files.filter(
    ({ path, size }) =>
      LOADABLE.test(path) && size >= POINTER_BYTES.least && size <= POINTER_BYTES.most,
  );
  const [suspect] = suspects;
  // A backend is chosen so that no other client asks the Hub.
  if (suspect === undefined || request.backend || request.settings.offline) return undefined;
  const { path, size } = suspect;
  try {
    const bytes = await createSnapshotBytes(request, resolved);
    const text = Buffer.from(await bytes.read(path, { start: 0, end: size })).toString("latin1");
    if (!text.startsWith("version https://git-lfs.github.com/spec/")) return undefined;
  } catch (error) {
    request.signal.throwIfAborted();
    // The download itself will meet the same fault, and say so.
    if (error instanceof ModelDownloadError) return undefined;
    throw error;
  }
  const more = suspects.length > 1 ? ` (${suspects.length} such files)` : "";
  return `${path} is a git-lfs pointer of ${size} bytes, not weights${more}`;
}
