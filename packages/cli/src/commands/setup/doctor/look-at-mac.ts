import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { cacheLocations } from "@mlx-download/cache";
import type { Circumstances, Diagnosis } from "./diagnosis.ts";

/** Runs a program of the system and returns its output. Undefined when it is not there or fails. */
export type AskSystem = (program: string, args: readonly string[]) => Promise<string | undefined>;

/** A program of the system that does not answer for so long, in ms, has nothing to say. */
const SYSTEM_MS = 5_000;

const askSystem: AskSystem = (program, args) =>
  promisify(execFile)(program, args, { timeout: SYSTEM_MS }).then(
    ({ stdout }) => stdout,
    () => undefined,
  );

/** Checks what a Mac alone has: whether Time Machine backs up the cache, and a proxy that only its settings name. */
export async function lookAtMac(
  { env, flags }: Pick<Circumstances, "env"> & { flags: Partial<Circumstances["flags"]> },
  ask: AskSystem = askSystem,
): Promise<readonly Diagnosis[]> {
  const { hubCache } = cacheLocations(env, { cacheDir: flags.cacheDir });
  const [excluded, proxies] = await Promise.all([
    ask("tmutil", ["isexcluded", hubCache]),
    ask("scutil", ["--proxy"]),
  ]);
  return [...backup(excluded, hubCache), ...systemProxy(proxies, env)];
}

/** `tmutil isexcluded` writes `[Included]  PATH` or `[Excluded]  PATH`. */
function backup(text: string | undefined, folder: string): readonly Diagnosis[] {
  const state = /^\[(?<state>Included|Excluded)\]/mu.exec(text ?? "")?.groups?.["state"];
  if (state === undefined) return [];
  const about = { name: "backup", data: { path: folder, excluded: state === "Excluded" } } as const;
  if (state === "Excluded") {
    return [{ ...about, status: "ok", detail: "Time Machine leaves the cache out" }];
  }
  return [
    {
      ...about,
      status: "warn",
      detail: "Time Machine backs up the cache, models included",
      hint: `tmutil addexclusion "${folder}" takes it out.`,
    },
  ];
}

/** `scutil --proxy` writes a dictionary, a line each: `  HTTPSProxy : proxy.example`. */
function systemProxy(text: string | undefined, env: NodeJS.ProcessEnv): readonly Diagnosis[] {
  const entries = new Map(
    [...(text ?? "").matchAll(/^\s+(?<key>\w+) : (?<value>\S+)$/gmu)].map(({ groups }) => [
      groups?.["key"],
      groups?.["value"],
    ]),
  );
  const name = "proxy";
  const set = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].find((one) => env[one]);
  if (set !== undefined) return [];
  if (entries.get("ProxyAutoConfigEnable") === "1") {
    const detail =
      "the system's settings name a PAC file, which programs of the terminal do not read";
    return [{ name, status: "warn", detail, hint: "Set HTTPS_PROXY to the proxy that it names." }];
  }
  const host = entries.get("HTTPSProxy");
  if (entries.get("HTTPSEnable") !== "1" || host === undefined) return [];
  const address = `http://${host}:${entries.get("HTTPSPort") ?? "443"}`;
  return [
    {
      name,
      status: "warn",
      detail: `the system's settings name the proxy ${host}, and no variable does`,
      hint: `export HTTPS_PROXY=${address} uses it.`,
      data: { host },
    },
  ];
}
