import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run, tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { caseNames } from "../src/options.ts";

const script = fileURLToPath(new URL("../src/bench.ts", import.meta.url));
const built = process.env["MLX_DOWNLOAD_BUILT"] === "1";
const bin = `../../packages/cli/${built ? "dist/bin.js" : "src/bin.ts"}`;
const cli = fileURLToPath(new URL(bin, import.meta.url));

test("the benchmark runs every case with what is installed", async () => {
  const folder = await tempDir();
  const json = join(folder, "results.json");
  const { code, stdout, stderr } = await run(
    process.execPath,
    [
      "--conditions=@mlx-download/source",
      script,
      "--quick",
      "--peers=curl",
      `--json=${json}`,
      `--folder=${folder}`,
      `--cli=${cli}`,
    ],
    built ? {} : { env: { ...process.env, NODE_OPTIONS: "--conditions=@mlx-download/source" } },
  );
  expect(code, stderr).toBe(0);
  expect(existsSync(json), stderr).toBe(true);
  const { cases } = JSON.parse(readFileSync(json, "utf8")) as {
    cases: { of: { name: string }; peers: { peer: string; runs: { wireBytes: number }[] }[] }[];
  };
  expect(cases.map(({ of }) => of.name)).toEqual([...caseNames]);
  for (const { of, peers } of cases) expect(peers[0]?.runs, of.name).toHaveLength(1);
  const wire = (name: string): number =>
    cases.find(({ of }) => of.name === name)?.peers[0]?.runs[0]?.wireBytes ?? 0;
  expect(wire("P1")).toBeGreaterThan(24 * 1024 * 1024);
  expect(wire("P4")).toBeGreaterThan(8 * 1024 * 1024);
  expect(stdout).toContain("| mlx-download | yes |");
}, 180_000);
