import { isAbsolute, join } from "node:path";
import { readSmallFile } from "../disk/read-small-file.ts";

const SETTINGS_BYTES = 1 << 20;

/**
 * The folder in which Jan looks for MLX models: `mlx/models` in its folder of data. That is `JAN_DATA_FOLDER`, else
 * `data_folder` of Jan's `settings.json`, else `Jan/data` beside it. `home` is the user's. Reads two small files at most.
 * One that cannot be read counts as absent. From Jan 0.8.6 (github.com/janhq/jan, src-tauri/src/core/app).
 */
export async function janModels(
  home: string,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Promise<string> {
  const root = dataRoot(home, env, platform);
  const named = env["JAN_DATA_FOLDER"];
  const folder =
    named !== undefined && isAbsolute(named)
      ? named
      : ((await dataFolder(join(root, "Jan", "settings.json"))) ??
        (await dataFolder(join(root, "jan.ai.app", "settings.json"))) ??
        join(root, "Jan", "data"));
  return join(folder, "mlx", "models");
}

/** The system's folder for the data of programs. */
function dataRoot(home: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const asked = env["JAN_DATA_ROOT"];
  if (asked !== undefined && isAbsolute(asked)) return asked;
  if (platform === "darwin") return join(home, "Library", "Application Support");
  if (platform === "win32") return join(home, "AppData", "Roaming");
  const xdg = env["XDG_DATA_HOME"];
  return xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, ".local", "share");
}

async function dataFolder(path: string): Promise<string | undefined> {
  try {
    const text = (await readSmallFile(path, SETTINGS_BYTES)) ?? "";
    const settings = JSON.parse(text) as { readonly data_folder?: unknown } | null;
    const folder = settings?.data_folder;
    return typeof folder === "string" && isAbsolute(folder) ? folder : undefined;
  } catch {
    return undefined;
  }
}
