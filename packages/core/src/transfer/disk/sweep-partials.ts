import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NAME = /^([0-9a-f]{40}|[0-9a-f]{64})\.(data|journal)(\.[0-9a-f]{8})?$/;

/**
 * Removes from a folder of partials the files that dead runs left and no run will continue. Halves of a pair go a day
 * after their last change. Two kinds go after an hour: a run's separate partials, and the partial of a blob that was
 * published meanwhile. A live run touches its journal every ten seconds. Never throws, since it only tidies up.
 */
export async function sweepPartials(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const pairs = Map.groupBy(
    names.filter((name) => NAME.test(name)),
    (name) => name.replace(/\.(data|journal)/, ""),
  );
  await Promise.all(
    [...pairs].map(async ([key, pair]) => {
      const [hex = "", apart] = key.split(".");
      const paths = pair.map((name) => join(folder, name));
      const changes = await Promise.all(
        paths.map((path) => stat(path).then((stats) => stats.mtimeMs, Date.now)),
      );
      const age = Date.now() - Math.max(...changes);
      const grace =
        apart !== undefined || (await exists(join(folder, "../blobs", hex)))
          ? HOUR_MS
          : pair.length < 2
            ? DAY_MS
            : Number.POSITIVE_INFINITY;
      if (age < grace) return;
      await Promise.all(paths.map((path) => rm(path, { force: true }).catch(() => undefined)));
    }),
  );
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
