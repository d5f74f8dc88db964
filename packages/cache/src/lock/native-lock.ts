import { once } from "node:events";
import { constants } from "node:fs";
import { open, stat, unlink, type FileHandle } from "node:fs/promises";
import { errnoOf } from "../disk/errno.ts";

/** The result of an attempt at a flock(2) lock. */
export type NativeLockAttempt =
  | { readonly kind: "flock" | "exlock"; readonly file: FileHandle }
  | "busy"
  | "no-flock-here"
  | "no-flock-command";

/** Python's client makes them group-writable, so that users who share a cache can wait for each other. */
const MODE = 0o664;
/**
 * <sys/fcntl.h> on macOS: opening takes a flock(2) lock. With O_NONBLOCK it fails with EAGAIN when
 * the lock is held.
 */
const O_EXLOCK = 0x20;
/** Of flock(1): a conflict with -n. */
const EXIT_CONFLICT = 1;

/**
 * Tries to take an exclusive flock(2) lock on the file, which is created if missing and never
 * removed. On macOS the open itself takes it. Elsewhere flock(1) takes it on the descriptor it
 * inherits. The lock stays with ours, since it belongs to the open file that both share.
 */
export async function tryNativeLock(path: string): Promise<NativeLockAttempt> {
  if (process.platform === "win32") return "no-flock-command";
  if (process.platform === "darwin") return await tryExlock(path);
  const { file, created } = await openLockFile(path);
  const attempt = await runFlock(file).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  if (attempt === "flock" && (await isStillAt(path, file))) return { kind: "flock", file };
  // The placeholder would look like the soft lock of another process.
  if (attempt === "no-flock-here" && created) await unlink(path).catch(() => {});
  await file.close();
  // A file that was unlinked meanwhile (older filelock versions do that) is not the lock any more: try again later.
  return attempt === "flock" ? "busy" : attempt;
}

async function tryExlock(path: string): Promise<NativeLockAttempt> {
  const flags = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW | O_EXLOCK;
  try {
    const file = await open(path, flags | constants.O_CREAT, MODE);
    if (await isStillAt(path, file)) {
      // The umask removed the group's w. Another user's file keeps its mode.
      await file.chmod(MODE).catch(() => {});
      return { kind: "exlock", file };
    }
    await file.close();
    return "busy";
  } catch (error) {
    if (errnoOf(error) === "EAGAIN") return "busy";
    if (isUnsupported(error)) return "no-flock-here";
    throw error;
  }
}

function isUnsupported(error: unknown): boolean {
  // 102 is macOS's EOPNOTSUPP, which open(2) reports here and libuv has no name for.
  const isNameless = error instanceof Error && "errno" in error && error.errno === -102;
  return isNameless || ["ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(errnoOf(error) ?? "");
}

async function openLockFile(path: string): Promise<{ file: FileHandle; created: boolean }> {
  const flags = constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  try {
    const file = await open(path, flags | constants.O_CREAT | constants.O_EXCL, MODE);
    await file.chmod(MODE).catch(() => {}); // the umask took the group's w
    return { file, created: true };
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  }
  try {
    return { file: await open(path, flags), created: false };
  } catch (error) {
    if (errnoOf(error) !== "EACCES") throw error;
    // Another user's file: a lock needs no more than to read it.
    return { file: await open(path, flags & ~constants.O_RDWR), created: false };
  }
}

async function runFlock(
  file: FileHandle,
): Promise<"flock" | "busy" | "no-flock-here" | "no-flock-command"> {
  const { spawn } = await import("node:child_process");
  const child = spawn("flock", ["-n", "-x", "3"], {
    stdio: ["ignore", "ignore", "ignore", file.fd],
  });
  try {
    const [code] = await once(child, "close");
    if (code === 0) return "flock";
    return code === EXIT_CONFLICT ? "busy" : "no-flock-here";
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return "no-flock-command";
    throw error;
  }
}

async function isStillAt(path: string, file: FileHandle): Promise<boolean> {
  const [mine, there] = await Promise.all([file.stat(), stat(path).catch(() => undefined)]);
  return mine.nlink > 0 && there?.ino === mine.ino && there.dev === mine.dev;
}
