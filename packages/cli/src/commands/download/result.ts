import type { DownloadResult } from "@mlx-download/core";
import type { Flags } from "../../command-line/flags.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { paint } from "../../text/style.ts";
import { nextStep } from "./next-step.ts";

/** Writes the result of a download and the command that runs the model. */
export function suggestNext(
  result: DownloadResult,
  quantization: string | null,
  { flags, shell }: { readonly flags: Flags; readonly shell: Shell },
): void {
  const next = nextStep(result, flags);
  if (next === undefined || flags.quiet) return;
  const label = (text: string): string => paint(shell.stderrStyle, "label", text);
  // Without a quantization in the config the weights may still have one that MLX has no name for.
  const size = formatBytes(result.bytes.total);
  const model = quantization === null ? size : `${quantization}, ${size}`;
  shell.stderr.write(`${label("Model:")} ${printable(model)}\n${label("Next:")} ${next}\n`);
}

/**
 * The quantization in the model's own config, such as `4bit`. Null if the config has none or was
 * not downloaded.
 */
export async function quantizationOf({ path, files }: DownloadResult): Promise<string | null> {
  if (!files.some((file) => file.path === "config.json")) return null;
  const { inspectMlx } = await import("@mlx-download/core");
  return (await inspectMlx(path, [])).quantization ?? null;
}

/** A finished download as machines read it. */
export function resultJson(
  result: DownloadResult,
  quantization: string | null,
  flags: Flags,
): Record<string, unknown> {
  const { repoId, revision, commit, path, fromCache, durationMs } = result;
  const { bytes, sources, files, leftOut } = result;
  const next = nextStep(result, flags);
  const known = {
    repoId,
    revision,
    commit,
    path,
    fromCache,
    durationMs,
    quantization,
    bytes,
    sources,
    files,
    leftOut,
  };
  return next === undefined ? known : { ...known, next };
}
