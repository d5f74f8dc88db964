import { mkdir, readFile, rename, rm, utimes, writeFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits until no other bootstrap works in this checkout and holds `path` until released. A holder that died is
 * noticed by its process id, one whose id was given to another process by the file time that stands still.
 * @param {string} path
 * @param {{ patienceMs?: number }} [options] How long a holder may give no sign of life; it gives one every second.
 * @returns {Promise<() => Promise<void>>}
 */
export async function holdLock(path, { patienceMs = 15_000 } = {}) {
  await mkdir(dirname(path), { recursive: true });
  let waiting = false;
  let seen = { sign: "", since: 0 };
  while (!(await take(path))) {
    const sign = await signOfLife(path);
    if (sign === undefined) continue;
    if (sign !== seen.sign) seen = { sign, since: performance.now() };
    if (!alive(sign) || performance.now() - seen.since > patienceMs) {
      await takeAway(path, sign);
      continue;
    }
    if (!waiting) process.stderr.write("waiting for another run to finish its preparation …\n");
    waiting = true;
    await sleep(200);
  }
  const beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), 1000);
  const release = async () => {
    clearInterval(beat);
    await rm(path, { force: true });
  };
  return release;
}

/** @param {string} path */
async function take(path) {
  try {
    await writeFile(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/**
 * `<pid> <mtime>` of the holder; undefined when the lock is free.
 * @param {string} path
 */
async function signOfLife(path) {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
    return `${text} ${mtimeMs}`;
  } catch {
    return undefined;
  }
}

/** @param {string} sign */
function alive(sign) {
  const pid = Number.parseInt(sign, 10);
  // Empty: taken this very moment, its id not written yet.
  if (!Number.isInteger(pid)) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * @param {string} path
 * @param {string} sign
 */
async function takeAway(path, sign) {
  if ((await signOfLife(path)) !== sign) return;
  const aside = `${path}.${process.pid}`;
  await rename(path, aside).catch(() => {});
  await rm(aside, { force: true });
}
