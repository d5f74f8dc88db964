import { release } from "node:os";
import { findConfigPath, readConfig } from "../../../config/config-file.ts";
import { maskSecrets } from "../../../failure/mask-secrets.ts";
import { findHome } from "../../../shell/home.ts";
import type { Shell } from "../../../shell/shell.ts";
import type { Circumstances, Diagnosis } from "./diagnosis.ts";
import { lookAtCache } from "./look-at-cache.ts";
import { lookAtHub } from "./look-at-hub.ts";
import { lookAtMac } from "./look-at-mac.ts";
import { lookAtPython } from "./look-at-python.ts";

function system(shell: Shell): readonly Diagnosis[] {
  const path = findConfigPath(shell.processEnv);
  const set = Object.keys(readConfig(path));
  return [
    {
      name: "system",
      status: "ok",
      detail: `mlx-download ${shell.version}, Node ${process.versions.node}, ${process.platform} ${release()} ${process.arch}`,
      data: { version: shell.version, node: process.versions.node, platform: process.platform },
    },
    {
      name: "settings",
      status: "ok",
      detail:
        set.length === 0
          ? `${path ?? "no config file"} sets nothing`
          : `${path} sets ${set.join(", ")}`,
      data: { path, set },
    },
  ];
}

/** Every look, at once; no text names a token, and the home folder is `~`. */
export async function diagnose(
  circumstances: Circumstances,
  shell: Shell,
): Promise<readonly Diagnosis[]> {
  const looks = await Promise.all([
    lookAtHub(circumstances),
    lookAtCache(circumstances),
    ...(process.platform === "darwin"
      ? [lookAtMac({ ...circumstances, own: shell.processEnv })]
      : []),
    lookAtPython(circumstances),
  ]);
  const { env, token } = circumstances;
  const home = findHome(env) ?? "";
  const shown = (text: string): string =>
    maskSecrets(home.length > 1 ? text.replaceAll(home, "~") : text, [
      token.token,
      env["HF_TOKEN"],
    ]);
  return [...system(shell), ...looks.flat()].map((look) => ({
    ...look,
    detail: shown(look.detail),
    ...(look.hint !== undefined && { hint: shown(look.hint) }),
  }));
}
