import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Case } from "./cases.ts";
import { measureSequence, type Step } from "./measure/measure.ts";
import { cleanEnv, type Peer } from "./peers/peer.ts";
import type { Bench, CaseRuns, Run } from "./run-case.ts";
import type { ServedRepo } from "./repos.ts";

/** Measures what commands cost that do next to nothing, beside Node itself. */
export async function runStartUp(
  cli: string,
  repo: ServedRepo,
  bench: Bench & {
    readonly rounds: number;
    readonly ours: Peer;
    readonly hf: Peer | undefined;
    readonly bridge: Peer | undefined;
  },
): Promise<CaseRuns> {
  const { servers, launcher, folder, rounds, ours, hf, bridge } = bench;
  const title = "commands that do next to nothing";
  const of: Pick<Case, "name" | "title"> = { name: "start-up", title };
  bench.say(`\nstart-up: ${title}`);
  const names = {
    node: "node on an empty file",
    version: "mlx-download --version",
    help: "mlx-download --help",
    path: "mlx-download path REF",
  };
  if (ours.missing !== undefined) {
    return {
      of,
      peers: [{ peer: names.version, verifies: false, runs: [], missing: ours.missing }],
    };
  }
  const job = {
    hub: servers.hubs.plain ?? "",
    repo,
    folder: join(folder, "got"),
    certificatePath: undefined,
  };
  try {
    await mkdir(job.folder, { recursive: true });
    const empty = join(folder, "empty.mjs");
    await writeFile(empty, "");
    await measureSequence(await ours.steps(job), launcher);
    const env = cleanEnv(job);
    const node = (...args: string[]): Step => ({ argv: [process.execPath, ...args], env });
    const [bridgeStep] = bridge === undefined ? [] : await bridge.steps(job);
    const [hfStep] = hf === undefined ? [] : await hf.steps(job);
    const hfVersion = hfStep && { argv: [...hfStep.argv.slice(0, 1), "version"], env: hfStep.env };
    const programs: readonly (readonly [string, Step])[] = [
      [names.node, node(empty)],
      [names.version, node(cli, "--version")],
      [names.help, node(cli, "--help")],
      [names.path, node(cli, "path", repo.repoId)],
      ["mlx-download REF, all of it cached", node(cli, "get", repo.repoId)],
      ...(bridgeStep ? [["the same, --backend python", bridgeStep] as const] : []),
      ...(hfVersion ? [["hf version", hfVersion] as const] : []),
    ];
    const runs = programs.map((): (Run | undefined)[] => []);
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, [, step]] of programs.entries()) {
        const taken = await measureSequence([step], launcher);
        runs[index]?.push({ ...taken, wireBytes: 0 });
      }
    }
    return {
      of,
      peers: programs.map(([peer], index) => ({
        peer,
        verifies: false,
        runs: runs[index] ?? [],
      })),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
