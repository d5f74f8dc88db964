import { release } from "node:os";
import type { Invocation } from "../../command-line/command-spec.ts";
import { findConfigPath, readConfig } from "../../config/config-file.ts";
import type { Diagnosis } from "./doctor/diagnosis.ts";
import { lookAtCache } from "./doctor/look-at-cache.ts";
import { lookAtHub } from "./doctor/look-at-hub.ts";
import { lookAtPython } from "./doctor/look-at-python.ts";
import { exitCodeOf } from "../../failure/exit-code.ts";
import { maskSecrets } from "../../failure/mask-secrets.ts";
import { writeJson } from "../../shell/result.ts";
import { readToken } from "../account/read-token.ts";
import { findHome } from "../../shell/home.ts";
import type { Shell } from "../../shell/shell.ts";
import { printable } from "../../text/printable.ts";
import { paint, type Tone } from "../../text/style.ts";

const tones: Readonly<Record<Diagnosis["status"], Tone>> = {
  ok: "good",
  warn: "warn",
  fail: "bad",
  skip: "quiet",
};

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

/**
 * `mlx-download doctor`: runs every check and prints a line for each. Returns the exit code of the
 * first that failed.
 */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  const { env, interrupt } = shell;
  const token = await readToken(flags, shell);
  const circumstances = { env, flags, token, signal: interrupt.signal };
  const looks = await Promise.all([
    lookAtHub(circumstances),
    lookAtCache(circumstances),
    lookAtPython(circumstances),
  ]);
  const home = findHome(env) ?? "";
  const shown = (text: string): string =>
    maskSecrets(home.length > 1 ? text.replaceAll(home, "~") : text, [
      token.token,
      env["HF_TOKEN"],
    ]);
  const checks = [...system(shell), ...looks.flat()].map((look) => ({
    ...look,
    detail: shown(look.detail),
  }));
  const failure = checks.find(({ status }) => status === "fail");
  const ok = failure === undefined;
  const exitCode = ok ? 0 : exitCodeOf(failure.code ?? "");
  if (flags.json) {
    await writeJson({ schema: 1, ok, checks }, shell);
    return exitCode;
  }
  const wide = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, status, detail, hint }) => [
    `${paint(shell.stdoutStyle, tones[status], status.padEnd(4))}  ${name.padEnd(wide)}  ${printable(detail)}`,
    ...(hint === undefined ? [] : [`${" ".repeat(8 + wide)}${printable(shown(hint))}`]),
  ]);
  await shell.stdout.write(`${lines.join("\n")}\n`);
  return exitCode;
}
