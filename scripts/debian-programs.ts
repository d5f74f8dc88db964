import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "@mlx-download/test-utils/run";

/** Programs that tests run against, and the Debian package that brings each. */
const programs: Readonly<Record<string, string>> = {
  "chromium-headless-shell": "chromium-headless-shell",
  WebKitWebDriver: "webkit2gtk-driver",
  Xvfb: "xvfb",
};
const LONGEST_MS = 300_000;

/**
 * Installs the programs that are missing, in CI and as root on Debian. Elsewhere, and for a package
 * that cannot be had, the tests that need one are skipped and say so.
 */
export async function bringDebianPrograms(env: NodeJS.ProcessEnv): Promise<void> {
  const folders = (env["PATH"] ?? "").split(delimiter);
  const has = (name: string): boolean => folders.some((folder) => existsSync(join(folder, name)));
  const packages = Object.entries(programs).flatMap(([name, from]) => (has(name) ? [] : [from]));
  const isRoot = process.getuid?.() === 0;
  if (packages.length === 0 || !env["CI"] || !isRoot || !has("apt-get")) return;
  process.stderr.write(`installing ${packages.join(", ")} …\n`);
  const quiet = { env: { ...env, DEBIAN_FRONTEND: "noninteractive" }, timeoutMs: LONGEST_MS };
  await run("apt-get", ["update", "-qq"], quiet);
  const install = ["install", "-y", "-qq", "--no-install-recommends", ...packages];
  const { code, stderr } = await run("apt-get", install, quiet);
  if (code !== 0) process.stderr.write(`they cannot be installed: ${stderr.trim()}\n`);
}
