import { basename, dirname, resolve } from "node:path";
import type { Flags } from "../../command-line/flags.ts";

/** The folder that `--project` names: itself, or that of a manifest. */
function givenFolder(project: string): string {
  const path = resolve(project);
  return basename(path) === "mlx-models.json" ? dirname(path) : path;
}

/**
 * The project of this command: the named one, else the nearest from the working directory upwards, else the working
 * directory, where `add` makes one and all others say that there is none.
 */
export async function projectFolder({ project }: Pick<Flags, "project">): Promise<string> {
  if (project !== undefined) return givenFolder(project);
  const { findProject } = await import("@mlx-download/project");
  return (await findProject(process.cwd())) ?? process.cwd();
}
