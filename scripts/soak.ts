// pnpm soak [--minutes=120] [--seed=N]: random work with faults over the commands on one cache, as they were built.
// The last lines say what was held and what went wrong. Exit code 1 when anything did.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median, soak } from "./soak/soak.ts";
import type { Holding } from "./soak/long-lived.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "120" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const folder = await mkdtemp(join(tmpdir(), "mlx-download-soak-"));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`seed ${values.seed}, ${values.minutes} minutes, in ${folder}`);
const report = await soak({
  folder,
  ms: Number(values.minutes) * 60_000,
  seed: Number(values.seed),
  command: [fileURLToPath(new URL("../packages/cli/dist/bin.js", import.meta.url))],
  onProgress: say,
});
const { commands, killed, exitCodes, problems, holdings } = report;
say(`${commands} commands, ${killed} of them killed; exit codes ${JSON.stringify(exitCodes)}`);
say(`${holdings.length} rounds of the program that lives through it`);
const quarter = Math.ceil(holdings.length / 4);
for (const [name, read] of [
  ["heap MB", ({ heap }: Holding) => heap / 1e6],
  ["resident MB", ({ resident }: Holding) => resident / 1e6],
  ["descriptors", ({ descriptors }: Holding) => descriptors],
] as const) {
  const held = holdings.map(read);
  const parts = [0, 1, 2, 3].map((part) =>
    median(held.slice(part * quarter, (part + 1) * quarter)).toFixed(1),
  );
  say(`${name}, medians of the quarters: ${parts.join(", ")}`);
}
for (const [code, said] of Object.entries(report.failures)) {
  for (const line of new Set(said.slice(0, 8))) say(`exit ${code}: ${line}`);
}
for (const problem of problems) say(`PROBLEM: ${problem}`);
say(problems.length === 0 ? "no problem" : `${problems.length} problems`);
await rm(folder, { recursive: true, force: true });
process.exitCode = problems.length === 0 ? 0 : 1;
