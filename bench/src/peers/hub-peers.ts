import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cleanEnv, type Job, type Peer } from "./peer.ts";

/** The command that is measured: the built `bin.js` at `cli`. */
export function ourPeer(cli: string, missing: string | undefined): Peer {
  return {
    name: "mlx-download",
    verifies: true,
    single: false,
    resumes: true,
    missing,
    steps: async (job, args = []) => [
      { argv: [process.execPath, cli, "get", job.repo.repoId, ...args], env: cleanEnv(job) },
    ],
    together: async (jobs, args = []) => {
      const [first] = jobs;
      if (first === undefined) return [];
      const names = jobs.map(({ repo }) => repo.repoId);
      return [{ argv: [process.execPath, cli, "get", ...names, ...args], env: cleanEnv(first) }];
    },
  };
}

/** The same command through the Python of `bin`, the folder of an environment's programs. */
export function bridgePeer(cli: string, bin: string, missing: string | undefined): Peer {
  return {
    ...ourPeer(cli, missing),
    name: "mlx-download --backend python",
    resumes: false,
    steps: async (job) => [
      {
        argv: [process.execPath, cli, "get", job.repo.repoId, "--backend", "python"],
        env: { ...cleanEnv(job), HF_HUB_DISABLE_XET: "1", PYTHON_PATH: join(bin, "python") },
      },
    ],
  };
}

/** Python's `hf` at `path`, without and with what hf_xet would add. */
export function hfPeers(path: string, missing: string | undefined): readonly Peer[] {
  const hf = (name: string, extra: Record<string, string>, why: string | undefined): Peer => ({
    name,
    verifies: false,
    single: true,
    resumes: false,
    missing: why,
    steps: async (job) => [
      { argv: [path, "download", job.repo.repoId], env: { ...cleanEnv(job), ...extra } },
    ],
  });
  return [
    hf("hf download", { HF_HUB_DISABLE_XET: "1" }, missing),
    hf(
      "hf download (hf_xet)",
      {},
      missing ?? "the embedded Hub has no Xet storage, so that hf_xet would not be used",
    ),
  ];
}

/** The two downloads of @huggingface/hub. */
export function hubJsPeers(): readonly Peer[] {
  const script = fileURLToPath(new URL("hub-js.ts", import.meta.url));
  const peer = (way: string): Peer => ({
    name: `@huggingface/hub ${way}`,
    verifies: false,
    single: true,
    resumes: false,
    steps: async (job: Job) => [
      {
        argv: [
          process.execPath,
          script,
          way,
          job.hub,
          job.repo.repoId,
          `${job.folder}/hub`,
          ...job.repo.files.map((file) => file.path),
        ],
        env: cleanEnv(job),
      },
    ],
  });
  return [peer("snapshotDownload"), peer("downloadFileToCacheDir")];
}
