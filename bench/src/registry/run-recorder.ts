import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { measureSequence, type Step } from "../measure/measure.ts";
import { cleanEnv, type Peer } from "../peers/peer.ts";
import type { Bench, CaseRuns, Run } from "../run-case.ts";
import type { ServedRepo } from "../repos.ts";

/**
 * Measures whether the record of downloads slows one down: the same download with and without it, one after the other, the
 * registry full of what came before.
 */
export async function runRecorder(
  repo: ServedRepo,
  bench: Bench & { readonly rounds: number; readonly ours: Peer },
): Promise<CaseRuns> {
  const { servers, launcher, folder, rounds, ours, say } = bench;
  const title = `a download of ${repo.files.length} files, recorded in the registry and not`;
  say(`\nR2: ${title}`);
  const ways = [
    { name: "mlx-download", env: {} },
    { name: "mlx-download, record off", env: { MLX_DOWNLOAD_RECORD: "0" } },
  ];
  const runs = ways.map((): Run[] => []);
  const state = join(folder, "state");
  try {
    // The first one makes the database.
    for (let round = -1; round < rounds; round += 1) {
      // Neither way is always the one that finds the machine warm.
      const order = round % 2 === 0 ? [0, 1] : [1, 0];
      for (const index of order) {
        const way = ways[index];
        if (!way) continue;
        const got = join(folder, "got");
        await mkdir(got, { recursive: true });
        const job = {
          hub: servers.hubs.plain ?? "",
          repo,
          folder: got,
          certificatePath: undefined,
        };
        const steps = (await ours.steps(job)).map((step): Step => ({
          ...step,
          env: { ...cleanEnv(job), ...step.env, XDG_STATE_HOME: state, ...way.env },
        }));
        const taken = await measureSequence(steps, launcher);
        await rm(got, { recursive: true, force: true });
        if (round >= 0 && taken) runs[index]?.push({ ...taken, wireBytes: 0 });
      }
      if (round >= 0) say(`  round ${round + 1}/${rounds}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return {
    of: { name: "R2", title },
    peers: ways.map(({ name }, index) => ({
      peer: name,
      verifies: true,
      runs: runs[index] ?? [],
    })),
  };
}
