import { isCommit, readTreeRecord, type RepoLayout } from "@mlx-download/cache";
import { decoded } from "../store/decoded.ts";
import { readRepoRecord } from "./repo-record.ts";

const FILE = /\/resolve\/(?<commit>[0-9a-f]+)\/(?<path>.+)$/;

/** Whether wrong bytes were once sent of the file that the path of a request names by its commit. */
export async function isSpoiledFile(layout: RepoLayout, pathname: string): Promise<boolean> {
  const { spoiled = [] } = await readRepoRecord(layout);
  if (spoiled.length === 0) return false;
  const { commit = "", path = "" } = FILE.exec(pathname)?.groups ?? {};
  const files = isCommit(commit) ? await readTreeRecord(layout, commit) : undefined;
  const file = files?.find((one) => one.path === decoded(path));
  return file !== undefined && spoiled.includes(file.digest.hex);
}
