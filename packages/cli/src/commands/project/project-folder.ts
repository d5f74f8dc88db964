import { basename, dirname, resolve } from "node:path";
import type { Flags } from "../../command-line/flags.ts";

/** The folder that `--project` names: itself, or that of a manifest. */
function givenFolder(project: string): string {
  const path = resolve(project);
  return basename(path) === "mlx-models.json" ? dirname(path) : path;
}

/** The project of this command: the named one, or the nearest from here upwards. Undefined when there is none. */
export async function findProjectFolder({
  project,
}: Pick<Flags, "project">): Promise<string | undefined> {
  if (project !== undefined) return givenFolder(project);
  const { findProject } = await import("@mlx-download/project");
  return findProject(process.cwd());
}

/** {@link findProjectFolder} for commands that make a project where there is none: in this folder. */
export async function projectFolder(flags: Pick<Flags, "project">): Promise<string> {
  return (await findProjectFolder(flags)) ?? process.cwd();
}
