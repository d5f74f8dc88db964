import { spawnSync } from "node:child_process";
import { mkdtemp, statfs } from "node:fs/promises";
import { availableParallelism, cpus, totalmem, tmpdir } from "node:os";
import { join } from "node:path";

const TMPFS_MAGIC = 0x01021994;

/** A folder for served files and destinations. */
export interface BenchFolder {
  readonly path: string;
  readonly fileSystem: string;
}

/** A fresh folder below `parent`; by default in memory when there is room for `bytes`, since disks are noisy. */
export async function makeFolder(parent: string | undefined, bytes: number): Promise<BenchFolder> {
  const shared = await roomIn("/dev/shm");
  const place = parent ?? (shared > bytes ? "/dev/shm" : tmpdir());
  const path = await mkdtemp(join(place, "mlx-download-bench-"));
  const { type } = await statfs(path);
  const fileSystem =
    type === TMPFS_MAGIC
      ? "tmpfs (memory)"
      : `a disk (file system 0x${type.toString(16)}, page cache, no fsync by most clients)`;
  return { path, fileSystem };
}

async function roomIn(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

/** Cores and memory, and nothing that names the machine. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? process.arch;
  return `${availableParallelism()} cores (${model}), ${Math.round(totalmem() / 2 ** 30)} GiB of memory, ${process.platform}`;
}

/** The versions of the programs that are measured, as far as they are installed. */
export function programVersions(): readonly string[] {
  const found = [
    ["curl", "--version"],
    ["wget", "--version"],
    ["aria2c", "--version"],
    ["openssl", "version"],
  ].flatMap(([program = "", flag = ""]) => {
    const said = spawnSync(program, [flag], { encoding: "utf8" });
    const version = /\d+\.\d+\S*/.exec(said.stdout ?? "")?.[0];
    return version === undefined ? [] : [`${program} ${version.replace(/,$/, "")}`];
  });
  return found.length > 0 ? found : ["no other programs installed"];
}
