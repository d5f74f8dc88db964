import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolders } from "./make-folders.ts";
import { fsError } from "./fs-error.ts";
import { checkRoot } from "../names/layout.ts";
import { ensureDirectory } from "./real-directory.ts";

const probes = new Map<string, Promise<boolean>>();

/**
 * Whether relative links work in this cache folder, tried once a folder and process. Always false with
 * `HF_HUB_DISABLE_SYMLINKS` set to 1, on, yes or true. Throws `cache/not-writable` or `cache/disk-full` when nothing
 * can be written there at all.
 */
export async function supportsSymlinks(
  cacheDir: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<boolean> {
  if (/^(?:1|on|yes|true)$/i.test(env["HF_HUB_DISABLE_SYMLINKS"] ?? "")) return false;
  const root = checkRoot(cacheDir);
  let probe = probes.get(root);
  if (probe === undefined) {
    probe = tryLink(root);
    probes.set(root, probe);
    probe.catch(() => probes.delete(root));
  }
  return await probe;
}

async function tryLink(cacheDir: string): Promise<boolean> {
  // Below .locks, which every scanner skips: a crash in between leaves nothing that another tool complains about.
  const parent = join(cacheDir, ".locks");
  let directory: string | undefined;
  try {
    await makeFolders(cacheDir);
    await ensureDirectory(cacheDir, parent);
    directory = await mkdtemp(join(parent, "probe-"));
    await writeFile(join(directory, "file"), "1");
    await mkdir(join(directory, "folder"));
    return await linkWorks(directory);
  } catch (error) {
    throw fsError(error, cacheDir);
  } finally {
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  }
}

async function linkWorks(directory: string): Promise<boolean> {
  const link = join(directory, "folder", "link");
  try {
    await symlink(join("..", "file"), link);
    return (await readFile(link, "utf8")) === "1";
  } catch {
    return false;
  }
}
