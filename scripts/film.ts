// What the built command shows on a pseudo-terminal (script(1)), for the pages and pictures that are made from real runs.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createScreen } from "../packages/cli/test/screen.ts";
import { hubEnvironment } from "./hub-environment.ts";

const bin = fileURLToPath(new URL("../packages/cli/dist/bin.js", import.meta.url));

/** Where a film is made. */
export interface Studio {
  readonly hub: { readonly url: string };
  readonly home: string;
  readonly columns: number;
  /** Words of the shell before the command, such as `ulimit -f 10000;`. */
  readonly before?: string;
}

/** The rows of the terminal when something was first seen, and in the end. */
export interface Film {
  readonly onTheWay: readonly string[];
  readonly end: readonly string[];
}

/**
 * Runs one command line on a terminal; `seen` is called once, when `wanted` was drawn, with the terminal's keyboard.
 * Throws when that was never drawn.
 */
export async function film(
  args: string,
  { wanted, seen }: { wanted?: RegExp; seen?: (type: (keys: string) => void) => void },
  { hub, home, columns, before = "" }: Studio,
): Promise<Film> {
  const command = `stty cols ${columns} rows 24; ${before} exec ${process.execPath} ${bin} ${args}`;
  const child = spawn("script", ["-qfec", command, "/dev/null"], {
    env: {
      ...hubEnvironment(process.env, { endpoint: hub.url, home }),
      TERM: "xterm",
      CI: "",
      NO_COLOR: "1",
    },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const screen = createScreen(columns);
  let onTheWay: readonly string[] | undefined;
  child.stdout.setEncoding("utf8");
  for await (const chunk of child.stdout) {
    screen.stream.write(String(chunk).replaceAll("\r\n", "\n"));
    if (wanted === undefined || onTheWay !== undefined) continue;
    if (!screen.rows().some((text) => wanted.test(text))) continue;
    onTheWay = screen.rows();
    seen?.((keys) => child.stdin.write(keys));
  }
  if (wanted !== undefined && onTheWay === undefined)
    throw new Error(`the terminal of ${args} never showed ${String(wanted)}`);
  return { onTheWay: onTheWay ?? [], end: screen.rows() };
}
