import type { DownloadEventBody, ModelList } from "@mlx-download/core";
import type { Registry } from "@mlx-download/registry";
import type { Flags } from "../../command-line/flags.ts";
import type { Shell } from "../../shell/shell.ts";
import { printable } from "../../text/printable.ts";
import { readToken } from "../account/read-token.ts";

/** Writes a line for the user, except with `--quiet`. */
export function noteTo({ quiet }: Pick<Flags, "quiet">, shell: Shell): (text: string) => void {
  return (text) => {
    if (!quiet) shell.stderr.write(`${printable(text)}\n`);
  };
}

/** Opens this user's registry. A problem with its file is reported in one line. */
export async function openUserRegistry(flags: Flags, shell: Shell): Promise<Registry> {
  const { openRegistry } = await import("@mlx-download/registry");
  const note = noteTo(flags, shell);
  return openRegistry({ env: shell.env, onNotice: ({ message }) => note(`warning: ${message}`) });
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
