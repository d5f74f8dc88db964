// A process of the benchmark: asks ten thousand times for a model that is here, and prints what a call took, as JSON in ms.
import { parseArgs } from "node:util";
import { findCached } from "@mlx-download/core";
import { ensureModel, loadOrDownloadModel } from "@mlx-download/engine-adapter";

const { values, positionals } = parseArgs({
  options: { calls: { type: "string", default: "10000" } },
  allowPositionals: true,
});
const [repoId = ""] = positionals;
const { commit } = await ensureModel(repoId);
const ref = `${repoId}@${commit}`;
const refuse = (): never => {
  throw new Error("a request was made");
};

async function time(call: () => Promise<unknown>): Promise<{ median: number; p99: number }> {
  const taken: number[] = [];
  for (let left = Number(values.calls); left > 0; left -= 1) {
    const startedAt = performance.now();
    await call();
    taken.push(performance.now() - startedAt);
  }
  taken.sort((a, b) => a - b);
  const at = (share: number): number => taken[Math.floor((taken.length - 1) * share)] ?? 0;
  return { median: at(0.5), p99: at(0.99) };
}

await loadOrDownloadModel(ref, { fetch: refuse });
const warm = await time(() => loadOrDownloadModel(ref, { fetch: refuse }));
const cold = await time(() => findCached(ref, { fetch: refuse }));
process.stdout.write(JSON.stringify({ warm, cold }));
