import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

let folder: string | undefined;

/**
 * The address of a file that the single executable carries, or of a folder (`path` ends in `/`) with all that is below it.
 * Programs of other languages want files on the disk: they are written when they are asked for, into a folder that this
 * user alone may write to and that a later run finds again.
 */
export function carriedFile(path: string): URL {
  const assets = process.getBuiltinModule("node:sea");
  folder ??= openFolder(assets.getAsset("files.sha256", "utf8"));
  // A program finds its neighbours too.
  const group = path.slice(0, path.lastIndexOf("/") + 1);
  for (const key of assets.getAssetKeys()) {
    if (key.startsWith(group))
      writeOnce(join(folder, key), new Uint8Array(assets.getRawAsset(key)));
  }
  return pathToFileURL(`${folder}/${path}`);
}

/** What cleans a cache by age takes single files away: each is looked at. */
function writeOnce(path: string, bytes: Uint8Array): void {
  if (statSync(path, { throwIfNoEntry: false })?.size === bytes.length) return;
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, bytes);
  renameSync(draft, path);
}

/** The folder of these contents: in the user's cache, or, where that cannot be had, one for this run. */
function openFolder(digest: string): string {
  const { XDG_CACHE_HOME: cache } = process.env;
  const home = cache?.startsWith("/") ? cache : join(homedir(), ".cache");
  const kept = join(home, "mlx-download", digest.slice(0, 16));
  try {
    mkdirSync(kept, { recursive: true, mode: 0o700 });
    const { uid, mode } = lstatSync(kept);
    // Code of this program is started from there.
    if (uid === process.getuid?.() && (mode & 0o022) === 0) return kept;
  } catch {
    // Read only, full, or no folder: the next one.
  }
  const own = mkdtempSync(join(tmpdir(), "mlx-download-files-"));
  process.on("exit", () => rmSync(own, { recursive: true, force: true }));
  return own;
}
