import { join } from "node:path";
import { readManifest } from "../checks/packages.ts";

/** The public repository of the project. The root's package.json names it, and every published manifest says the same. */
export interface Address {
  /** `https://github.com/OWNER/NAME`, without an ending. */
  readonly page: string;
  readonly homepage: string;
  readonly issues: string;
  /** As npm writes it: `git+https://….git`. A registry compares it with the workflow that publishes. */
  readonly git: string;
}

/** What follows from the page of a repository. Throws for anything but `https://HOST/OWNER/NAME`. */
export function addressOf(page: string): Address {
  if (!/^https:\/\/[\w.-]+\/[\w.-]+\/[\w.-]+(?<!\.git)$/u.test(page)) {
    throw new Error(`${page} is not the page of a repository: https://HOST/OWNER/NAME`);
  }
  return {
    page,
    homepage: `${page}#readme`,
    issues: `${page}/issues`,
    git: `git+${page}.git`,
  };
}

/** The address in the root's package.json. */
export async function projectAddress(root: string): Promise<Address> {
  const { repository } = await readManifest(root);
  const page = /^git\+(?<page>https:.+)\.git$/u.exec(repository?.url ?? "")?.groups?.["page"];
  if (page === undefined) throw new Error(`${join(root, "package.json")} names no repository`);
  return addressOf(page);
}
