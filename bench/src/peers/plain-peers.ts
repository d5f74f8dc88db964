import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileUrl, type Job, type Peer } from "./peer.ts";

/** curl, wget and aria2c: programs that know URLs and nothing of the Hub. */
export function plainPeers(why: (program: string) => string | undefined): readonly Peer[] {
  const curl: Peer = {
    name: "curl",
    verifies: false,
    single: true,
    resumes: true,
    missing: why("curl"),
    async steps(job) {
      const trust = job.certificatePath ? ["--cacert", job.certificatePath] : [];
      const many = job.repo.files.length > 1 ? ["-Z", "--parallel-max", "8"] : [];
      const files = job.repo.files.flatMap(({ path }) => [
        "-o",
        join(job.folder, path),
        fileUrl(job, path),
      ]);
      return [{ argv: ["curl", "-sSfL", "-C", "-", ...trust, ...many, ...files] }];
    },
  };
  const wget: Peer = {
    name: "wget",
    verifies: false,
    single: true,
    resumes: true,
    missing: why("wget"),
    async steps(job) {
      const trust = job.certificatePath ? [`--ca-certificate=${job.certificatePath}`] : [];
      const urls = job.repo.files.map(({ path }) => fileUrl(job, path));
      return [{ argv: ["wget", "-q", "-c", ...trust, "-P", job.folder, ...urls] }];
    },
  };
  const aria = (verifies: boolean): Peer => ({
    name: verifies ? "aria2c -x8 --checksum" : "aria2c -x8",
    verifies,
    single: false,
    resumes: true,
    missing: why("aria2c"),
    steps: async (job) => [{ argv: await ariaCommand(job, verifies) }],
  });
  return [curl, wget, aria(false), aria(true)];
}

async function ariaCommand(job: Job, verifies: boolean): Promise<readonly string[]> {
  const list = join(job.folder, "..", "aria2.txt");
  const lines = job.repo.files.flatMap(({ path, sha256 }) => [
    fileUrl(job, path),
    `  out=${path}`,
    ...(verifies ? [`  checksum=sha-256=${sha256}`] : []),
  ]);
  await writeFile(list, `${lines.join("\n")}\n`);
  return [
    "aria2c",
    "-x8",
    "-s8",
    "-j8",
    "-k1M",
    "-q",
    "-c",
    "--no-conf",
    "--file-allocation=none",
    ...(job.certificatePath ? [`--ca-certificate=${job.certificatePath}`] : []),
    "-d",
    job.folder,
    "-i",
    list,
  ];
}
