import { isAbsolute, join } from "node:path";
import { readSmallFile } from "../disk/read-small-file.ts";

const POINTER_BYTES = 4096;
const SETTINGS_BYTES = 1 << 20;

/**
 * The folder in which LM Studio looks for models: `downloadsFolder` of its `settings.json`, else `models`, both in the
 * home that `~/.lmstudio-home-pointer` names, else in `~/.lmstudio`. `home` is the user's. Reads two small files at most;
 * one that cannot be read counts as absent.
 */
export async function lmStudioModels(home: string): Promise<string> {
  const pointer =
    (await readSmallFile(join(home, ".lmstudio-home-pointer"), POINTER_BYTES))?.trim() ?? "";
  const root = isAbsolute(pointer) ? pointer : join(home, ".lmstudio");
  const folder = downloadsFolder(
    (await readSmallFile(join(root, "settings.json"), SETTINGS_BYTES)) ?? "",
  );
  return folder ?? join(root, "models");
}

function downloadsFolder(settings: string): string | undefined {
  try {
    const { downloadsFolder: folder } = JSON.parse(settings) as { downloadsFolder?: unknown };
    return typeof folder === "string" && isAbsolute(folder) ? folder : undefined;
  } catch {
    return undefined;
  }
}
