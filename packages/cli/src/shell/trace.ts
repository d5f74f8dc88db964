import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { closeSync, openSync, writeSync } from "node:fs";
import type { Decision } from "@mlx-download/core";
import { CliError } from "../failure/cli-error.ts";
import { maskSecrets } from "../failure/mask-secrets.ts";
import type { Shell } from "./shell.ts";

/** As `DECISIONS_CHANNEL` of core, which a trace does not load before a command does. */
const CHANNEL = "mlx-download:decision";

/** A trace that is being written. */
export interface Trace {
  /** Writes the last line and closes the file. */
  end(exitCode: number): void;
}

/**
 * Writes the decisions of the downloads in this process to a file that only its owner can read, one
 * JSON object a line. Tokens, passwords, signed links and the home folder are not in it. Lines are
 * in the file at once, so that a process that was killed leaves them. Throws `cli/output-failed`
 * when the file cannot be created.
 */
export function startTrace(
  path: string,
  { argv, version, env, stderr }: Pick<Shell, "argv" | "version" | "env" | "stderr">,
): Trace {
  let file: number | undefined = create(path);
  // As JSON writes it: Windows' backslashes are doubled.
  const home = JSON.stringify(env["HOME"] ?? env["USERPROFILE"] ?? "").slice(1, -1);
  const secrets = [env["HF_TOKEN"], env["HUGGING_FACE_HUB_TOKEN"]];
  const write = (line: object): void => {
    if (file === undefined) return;
    const text = maskSecrets(JSON.stringify({ schema: 1, at: Date.now(), ...line }), secrets);
    try {
      writeSync(file, `${home.length > 1 ? text.replaceAll(home, "~") : text}\n`);
    } catch (error) {
      // A full disk ends the trace, not the download.
      closeSync(file);
      file = undefined;
      stderr.write(`Warning: the trace ends here: ${reasonOf(error)}\n`);
    }
  };
  const listen = (decision: unknown): void => write(decision as Decision);
  subscribe(CHANNEL, listen);
  const { platform, arch, versions } = process;
  write({ type: "trace", version, node: versions.node, platform, arch, words: withoutToken(argv) });
  return {
    end(exitCode) {
      unsubscribe(CHANNEL, listen);
      write({ type: "end", exitCode });
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

function create(path: string): number {
  try {
    return openSync(path, "w", 0o600);
  } catch (error) {
    throw new CliError(`the trace cannot be written: ${reasonOf(error)}`, "cli/output-failed", {
      hint: "Name a file in a folder that you may write, or leave out --trace.",
      data: { path },
    });
  }
}

/** The words as typed, without the value of `--token`, which may look like no token. */
function withoutToken(words: readonly string[]): readonly string[] {
  return words.map((word, at) =>
    words[at - 1] === "--token" ? "…" : word.replace(/^--token=.*$/s, "--token=…"),
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
