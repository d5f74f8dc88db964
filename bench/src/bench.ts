// pnpm bench: see `usage` in options.ts.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheCases, runCacheCase } from "./cache/cache-cases.ts";
import { downloadCases, paces } from "./cases.ts";
import { describeMachine, makeFolder, programVersions } from "./machine.ts";
import { findLauncher } from "./measure/launcher.ts";
import { stopMeasuring } from "./measure/measure.ts";
import { readOptions, usage, type BenchOptions, type CaseName } from "./options.ts";
import { allPeers, findHf } from "./peers/all-peers.ts";
import type { Peer } from "./peers/peer.ts";
import { renderReport, type Setting } from "./report.ts";
import { reposBytes, writeRepos } from "./repos.ts";
import { runCase, type Bench, type CaseRuns } from "./run-case.ts";
import { runRecorder } from "./registry/run-recorder.ts";
import { runSearch } from "./registry/run-search.ts";
import { runWarmCalls } from "./run-warm-calls.ts";
import { runStartUp } from "./start-up.ts";
import { startServers } from "./server/start-servers.ts";
import { runXetCase, xetCases } from "./xet/xet-cases.ts";
import { runXetDownload, xetDownloads } from "./xet/xet-downloads.ts";

/** The heading from which on `--markdown` leaves a file as it is. */
const NOTES = "## What limits us";

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function bench(options: BenchOptions, command: string): Promise<void> {
  const { quick } = options;
  const served = (name: CaseName): boolean =>
    name !== "R1" && !cacheCases.has(name) && !xetCases.has(name) && !xetDownloads.has(name);
  const nothingServed = !options.cases.some(served);
  const cli =
    options.cli ?? fileURLToPath(new URL("../../packages/cli/dist/bin.js", import.meta.url));
  const launcher = findLauncher();
  // What is served, what is downloaded at once, and some room.
  const folder = await makeFolder(options.folder, 2 * reposBytes(quick) + 1e9);
  const remove = (): Promise<void> =>
    rm(folder.path, { recursive: true, force: true, maxRetries: 5 });
  const load = loadavg()[0] ?? 0;
  try {
    const root = join(folder.path, "served");
    await mkdir(root);
    if (!nothingServed) say(`writing ${(reposBytes(quick) / 1e9).toFixed(2)} GB to serve`);
    const repos = writeRepos(root, quick || nothingServed);
    const servers = await startServers(root, folder.path, paces);
    const stop = (): void => {
      stopMeasuring();
      void servers
        .close()
        .then(remove)
        .finally(() => process.exit(130));
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
    try {
      const peers = chosenPeers(allPeers(cli), options.peers);
      const runs = join(folder.path, "runs");
      const context: Bench = { servers, launcher, folder: runs, say };
      const cases: CaseRuns[] = [];
      const setting = (): Setting => ({
        date: new Date().toISOString().slice(0, 10),
        machine: describeMachine(),
        node: `Node ${process.versions.node}`,
        server: servers.bytesFrom,
        fileSystem: folder.fileSystem,
        launcher: launcher.name === "wait4" ? "wait4" : "bash's `time` (no memory)",
        load: [load, loadavg()[0] ?? 0],
        command,
        programs: programVersions(),
        quick,
      });
      // After every case, so that a run that is stopped is not lost.
      const keep = async (found: CaseRuns): Promise<void> => {
        cases.push(found);
        await writeResults({ setting: setting(), cases }, options);
      };
      for (const what of downloadCases(repos, quick)) {
        if (!options.cases.includes(what.name)) continue;
        const rounds = options.rounds ?? what.rounds;
        await keep(await runCase(what, peers, { ...context, rounds }));
      }
      const [ours] = peers;
      if (options.cases.includes("start-up") && ours) {
        const rounds = options.rounds ?? (quick ? 1 : 15);
        const usable = (name: string): Peer | undefined =>
          peers.find((peer) => peer.name === name && peer.missing === undefined);
        const others = {
          hf: usable("hf download"),
          bridge: usable("mlx-download --backend python"),
        };
        await keep(await runStartUp(cli, repos.small, { ...context, rounds, ours, ...others }));
      }
      if (options.cases.includes("E1")) {
        const rounds = options.rounds ?? (quick ? 1 : 5);
        const calls = quick ? 200 : 10_000;
        await keep(await runWarmCalls(repos.shards, { ...context, rounds, calls }));
      }
      for (const name of options.cases.filter((one) => cacheCases.has(one))) {
        const [hf, missing] = findHf();
        await keep(
          await runCacheCase(name, {
            cli,
            hf: missing === undefined ? hf : undefined,
            launcher,
            folder: join(folder.path, "cache"),
            quick,
            rounds: options.rounds,
            say,
          }),
        );
      }
      if (options.cases.includes("R1")) {
        const rounds = options.rounds ?? (quick ? 1 : 5);
        await keep(await runSearch({ folder: join(folder.path, "catalogue"), quick, rounds, say }));
      }
      if (options.cases.includes("R2") && ours) {
        const rounds = options.rounds ?? (quick ? 1 : 15);
        await keep(await runRecorder(repos.small, { ...context, rounds, ours }));
      }
      for (const name of options.cases.filter(
        (one) => xetCases.has(one) || xetDownloads.has(one),
      )) {
        const [hf, missing] = findHf();
        const xet = {
          python: missing === undefined ? join(dirname(hf), "python") : undefined,
          launcher,
          folder: join(folder.path, "xet"),
          quick,
          rounds: options.rounds,
          say,
        };
        const isDecoding = xetCases.has(name);
        await keep(
          await (isDecoding ? runXetCase(name, xet) : runXetDownload(name, { ...xet, cli })),
        );
      }
      process.stdout.write(`\n${renderReport(setting(), cases)}`);
      if (cases.some(({ peers: [first] }) => first?.missing !== undefined)) process.exitCode = 1;
    } finally {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
      await servers.close();
    }
  } finally {
    await remove();
  }
}

/** Ours, and those whose name contains one of the words. */
function chosenPeers(peers: readonly Peer[], words: readonly string[]): readonly Peer[] {
  return peers.filter(
    (peer, index) =>
      index === 0 || words.length === 0 || words.some((word) => peer.name.includes(word)),
  );
}

async function writeResults(
  results: { readonly setting: Setting; readonly cases: readonly CaseRuns[] },
  { json, markdown }: BenchOptions,
): Promise<void> {
  const report = renderReport(results.setting, results.cases);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(results, undefined, 1)}\n`);
  if (markdown !== undefined)
    await writeFile(markdown, `# Results\n\n${report}${await notesIn(markdown)}`);
}

/** What somebody wrote below the figures of an earlier run; empty where there is none. */
async function notesIn(path: string): Promise<string> {
  const before = await readFile(path, "utf8").catch(() => "");
  const at = before.indexOf(NOTES);
  return at === -1 ? "" : `\n${before.slice(at)}`;
}

const argv = process.argv.slice(2).filter((word) => word !== "--");
if (argv.includes("--help")) process.stdout.write(usage);
else {
  // Paths say nothing to somebody who repeats it.
  const shown = argv.filter((word, index) => {
    const isPath = /^--(?:json|markdown|cli|folder)/;
    return !isPath.test(word) && !isPath.test(argv[index - 1] ?? "");
  });
  await bench(readOptions(argv), ["pnpm bench", ...shown].join(" "));
}
