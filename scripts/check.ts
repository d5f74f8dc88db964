// pnpm check [WORD …]: the checks without the tests; words choose by name (`pnpm check lint imports`).
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { allChecks } from "./checks/all.ts";
import { runChecks } from "./checks/run-checks.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const words = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), "mlx-download-packed-"));
try {
  const checks = allChecks(root, folder).filter(
    ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
  );
  const failed = await runChecks(root, checks);
  process.exitCode = failed.length > 0 || checks.length === 0 ? 1 : 0;
} finally {
  await rm(folder, { recursive: true, force: true });
}
