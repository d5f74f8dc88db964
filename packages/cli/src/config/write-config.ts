import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { CliError } from "../failure/cli-error.ts";
import { readConfig } from "./config-file.ts";

/**
 * Changes one setting of the file and leaves all others, including those that only a newer version
 * knows. Undefined removes the setting. Throws `cli/config-invalid` for a file that cannot be read
 * or written.
 */
export async function writeConfig(
  path: string,
  name: string,
  value: string | undefined,
): Promise<void> {
  readConfig(path);
  const text = await readFile(path, "utf8").catch(() => "{}");
  const { [name]: _, ...others } = JSON.parse(text) as Record<string, unknown>;
  const next = value === undefined ? others : { ...others, [name]: value };
  const temp = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temp, `${JSON.stringify(next, undefined, 2)}\n`);
    await rename(temp, path);
  } catch (error) {
    await rm(temp, { force: true });
    throw new CliError(
      `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      "cli/config-invalid",
      { hint: "Set MLX_DOWNLOAD_CONFIG to a path that can be written.", data: { path } },
    );
  }
}
