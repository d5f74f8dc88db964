// node --conditions=@mlx-download/source scripts/release/executable/measure.ts [--rounds=15]: the start of the executable in
// release/executable beside that of dist/bin.js on the same Node, in turn, warm. Prints medians and their ratio.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { values } = parseArgs({ options: { rounds: { type: "string", default: "15" } } });
const home = mkdtempSync(join(tmpdir(), "mlx-download-start-"));
const env = { ...process.env, HOME: home, HF_HOME: home, NODE_COMPILE_CACHE: join(home, "node") };
const folder = at("../../../release/executable");
const commands: Readonly<Record<string, readonly string[]>> = {
  // The Node inside, before it was put there.
  "node bin.js": [join(folder, "node"), at("../../../packages/cli/dist/bin.js")],
  executable: [join(folder, "mlx-download")],
};

for (const words of [["--version"], ["path", "org/name"], ["cache", "ls"], ["--help"]]) {
  const seen: Record<string, number[]> = {};
  for (let round = -1; round < Number(values.rounds); round++) {
    for (const [name, [program = "", ...args]] of Object.entries(commands)) {
      const start = performance.now();
      spawnSync(program, [...args, ...words], { env, stdio: "ignore" });
      // The first one fills the caches.
      if (round >= 0) (seen[name] ??= []).push(performance.now() - start);
    }
  }
  const [bin = [], own = []] = Object.values(seen).map((times) =>
    times.toSorted((one, other) => one - other),
  );
  const line = [bin.length >> 1, 0].map((rank, index) => {
    const [there = 0, here = 0] = [bin[rank], own[rank]];
    const kind = ["median", "least"][index];
    return `${kind} ${there.toFixed(0)} → ${here.toFixed(0)} ms (×${(here / there).toFixed(2)})`;
  });
  process.stdout.write(`${words.join(" ").padEnd(14)} ${line.join("   ")}\n`);
}
rmSync(home, { recursive: true });
