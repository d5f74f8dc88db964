import { ModelDownloadError } from "../contract/errors.ts";
import type { XetMode } from "../contract/xet-mode.ts";
import { readSwitch, readText } from "./environment.ts";

/** The mode by the environment: `HF_HUB_DISABLE_XET` of the Python client, then `MLX_DOWNLOAD_XET`. */
export function readXetMode(env: NodeJS.ProcessEnv): XetMode {
  if (readSwitch(env, "HF_HUB_DISABLE_XET") === true) return "off";
  return checkXetMode(readText(env, "MLX_DOWNLOAD_XET") ?? "auto", "MLX_DOWNLOAD_XET");
}

/** The mode that a text names. Throws `settings/invalid`. */
export function checkXetMode(mode: string, source: string): XetMode {
  if (mode === "auto" || mode === "on" || mode === "off") return mode;
  throw new ModelDownloadError(`${source} is auto, on or off, not ${mode}`, "settings/invalid", {
    hint: "Choose auto, on or off.",
    data: { source },
  });
}
