import type { DownloadEventBody, ModelList } from "@mlx-download/core";
import type { Registry } from "@mlx-download/registry";
import type { Flags } from "../../command-line/flags.ts";
import type { Shell } from "../../shell/shell.ts";
import { textOf } from "../../shell/result.ts";
import { wrapWords } from "../../text/display-width.ts";
import { printable } from "../../text/printable.ts";
import { readToken } from "../account/read-token.ts";

/** Writes a line for the user, cut at words where a terminal is narrower. Nothing with `--quiet`. */
export function noteTo(
  { quiet }: Pick<Flags, "quiet">,
  { stderr }: Pick<Shell, "stderr">,
): (text: string) => void {
  return (text) => {
    if (quiet) return;
    const line = printable(text);
    const lines = stderr.isTTY ? wrapWords(line, Math.max(20, stderr.columns)) : [line];
    stderr.write(textOf(lines));
  };
}

/**
 * Runs `work` with this user's registry and closes it. A problem with its file is reported in one line. Node 22 cannot
 * parse `using`, so this is a function.
 */
export async function withUserRegistry<T>(
  flags: Flags,
  shell: Shell,
  work: (registry: Registry) => T | Promise<T>,
  options: { readonly waitMs?: number } = {},
): Promise<T> {
  const { openRegistry } = await import("@mlx-download/registry");
  const note = noteTo(flags, shell);
  const onNotice = ({ message }: { readonly message: string }): void => note(`warning: ${message}`);
  return closing(openRegistry({ ...options, env: shell.env, onNotice }), work);
}

/** How long a command waits for the registry that can do without it, in ms. */
export const patience = { waitMs: 300 } as const;

/** Runs `work` with a registry in memory. */
export async function withPassingRegistry<T>(work: (registry: Registry) => T): Promise<T> {
  const { openRegistry } = await import("@mlx-download/registry");
  return closing(openRegistry({ path: ":memory:" }), work);
}

async function closing<T>(
  registry: Registry,
  work: (registry: Registry) => T | Promise<T>,
): Promise<T> {
  try {
    return await work(registry);
  } finally {
    registry.close();
  }
}

/** The list of the Hub that the options name. */
export async function openHubList(flags: Flags, shell: Shell): Promise<ModelList> {
  const [{ openModelList }, { LISTED_FIELDS }] = await Promise.all([
    import("@mlx-download/core"),
    import("@mlx-download/registry"),
  ]);
  const note = noteTo(flags, shell);
  return openModelList({
    endpoint: flags.endpoint,
    ...(await readToken(flags, shell)),
    env: shell.env,
    fields: LISTED_FIELDS,
    onEvent(event: DownloadEventBody) {
      if (event.type === "retry" || event.type === "waiting" || event.type === "warning") {
        note(event.message);
      }
    },
  });
}
