import type { Step } from "../measure/measure.ts";
import type { ServedRepo } from "../repos.ts";

/** One download that a peer is to do. */
export interface Job {
  /** The Hub's URL. */
  readonly hub: string;
  readonly repo: ServedRepo;
  /** An empty folder, or what an interrupted run left there. */
  readonly folder: string;
  /** PEM of a certificate to trust, beside the system's. */
  readonly certificatePath: string | undefined;
}

/** One way in which a user could download. */
export interface Peer {
  readonly name: string;
  /** Proves what it got, itself or by a second program. */
  readonly verifies: boolean;
  /** Fetches a single file over one connection only. */
  readonly single: boolean;
  /** Goes on where an interrupted run of it ended. */
  readonly resumes: boolean;
  /** Why it cannot be measured here. */
  readonly missing?: string | undefined;
  /** `args` are further words of the command line, for cases that only ours takes part in. */
  steps(job: Job, args?: readonly string[]): Promise<readonly Step[]>;
  /** All jobs in one process, where that can be; they share the first one's folder. */
  readonly together?: (jobs: readonly Job[], args?: readonly string[]) => Promise<readonly Step[]>;
}

/** The URL under which clients that know no Hub get a file. */
export function fileUrl({ hub, repo }: Job, path: string): string {
  return `${hub}/${repo.repoId}/resolve/main/${path}`;
}

/** What keeps a client to the servers of the benchmark and to its own folder. */
export function cleanEnv({ hub, folder, certificatePath }: Job): Record<string, string> {
  return {
    HF_ENDPOINT: hub,
    HF_HOME: folder,
    HF_HUB_CACHE: `${folder}/hub`,
    HF_HUB_DISABLE_TELEMETRY: "1",
    HF_HUB_DISABLE_UPDATE_CHECK: "1",
    NO_PROXY: "localhost,127.0.0.1",
    no_proxy: "localhost,127.0.0.1",
    ...(certificatePath === undefined
      ? {}
      : { SSL_CERT_FILE: certificatePath, NODE_EXTRA_CA_CERTS: certificatePath }),
  };
}

/** The same peer with a proof by a second program over all that it fetched. */
export function provedBy(
  peer: Peer,
  program: "openssl" | "sha256sum",
  missing: string | undefined,
): Peer {
  const digest = program === "openssl" ? "openssl dgst -sha256" : "sha256sum";
  // Whatever is a file, wherever the client put it: blobs in a cache, plain files elsewhere.
  const script = `cd "$1" && find . -type f -size +0 ! -path '*/.*' -exec ${digest} {} +`;
  return {
    ...peer,
    name: `${peer.name} + ${program}`,
    verifies: true,
    missing: peer.missing ?? missing,
    steps: async (job) => [
      ...(await peer.steps(job)),
      { argv: ["sh", "-c", script, "sh", job.folder] },
    ],
  };
}
