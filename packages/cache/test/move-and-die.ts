import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

// Moves a repo or a cache and is gone after so many file operations.
const [what = "", cacheDir = "", to = "", steps = "0"] = process.argv.slice(2);
let left = Number(steps);
for (const name of [
  "rename",
  "symlink",
  "unlink",
  "mkdir",
  "utimes",
  "rm",
  "writeFile",
  "rmdir",
] as const) {
  const work = fs[name] as (...args: unknown[]) => Promise<unknown>;
  Object.assign(fs, {
    [name]: async (...args: unknown[]) => {
      left -= 1;
      if (left <= 0) process.kill(process.pid, "SIGKILL");
      return await work(...args);
    },
  });
}
syncBuiltinESMExports();
const { moveCache, moveRepo, repoLayout } = await import("@mlx-download/cache");
if (what === "cache") await moveCache(cacheDir, to);
else await moveRepo(repoLayout(cacheDir, "acme/tiny"), to);
