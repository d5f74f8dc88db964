import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { registryPath } from "@mlx-download/registry";

/** The name of a project among this user's state, by its folder. */
export function projectKey(folder: string): string {
  return createHash("sha256").update(folder).digest("hex").slice(0, 32);
}

/** Where this user's state about projects lies: not beside their files, which are under version control. */
export function projectsFolder(env: NodeJS.ProcessEnv): string {
  return join(dirname(registryPath(env)), "projects");
}

/** Remembers that a project is in a folder, so that cleaning the cache can ask its lock. Never fails. */
export async function noteProject(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  try {
    const state = projectsFolder(env);
    await mkdir(state, { recursive: true });
    const path = join(state, `${projectKey(folder)}.json`);
    await writeFile(path, `${JSON.stringify({ schema: 1, folder })}\n`, { flag: "wx" });
  } catch {
    // It is known already, or the state cannot be written: then its models are evicted like others.
  }
}

/** The folders of all projects that this user changed or installed on this machine, where they still are or not. */
export async function listProjects(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const state = projectsFolder(env);
  const names = await readdir(state).catch(() => []);
  const folders = await Promise.all(
    names
      .filter((name) => name.endsWith(".json"))
      .map(async (name) => {
        try {
          const { folder } = JSON.parse(await readFile(join(state, name), "utf8")) as {
            readonly folder?: unknown;
          };
          return typeof folder === "string" ? folder : undefined;
        } catch {
          return undefined;
        }
      }),
  );
  return folders.filter((folder) => folder !== undefined);
}
