import { cacheLocations } from "@mlx-download/cache";
import { type AskSystem, askSystem } from "../../../shell/ask-system.ts";
import { isOff } from "../../../shell/is-off.ts";
import { proxyVariable, readSystemProxy } from "../../../shell/system-proxy.ts";
import type { Circumstances, Diagnosis } from "./diagnosis.ts";

/**
 * Checks what a Mac alone has: whether Time Machine backs up the cache, and a proxy that only its settings name. `own` is the
 * environment as the command was started, without that proxy.
 */
export async function lookAtMac(
  {
    env,
    own,
    flags,
  }: Pick<Circumstances, "env"> & {
    readonly own: NodeJS.ProcessEnv;
    readonly flags: Partial<Circumstances["flags"]>;
  },
  ask: AskSystem = askSystem,
): Promise<readonly Diagnosis[]> {
  const { hubCache } = cacheLocations(env, { cacheDir: flags.cacheDir });
  const [excluded, proxies] = await Promise.all([
    ask("tmutil", ["isexcluded", hubCache]),
    ask("scutil", ["--proxy"]),
  ]);
  return [...backup(excluded, hubCache), ...systemProxy(proxies, own)];
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

function systemProxy(text: string | undefined, own: NodeJS.ProcessEnv): readonly Diagnosis[] {
  if (proxyVariable(own) !== undefined) return [];
  const { variables, isScript } = readSystemProxy(text);
  const name = "proxy";
  const [variable, address] = Object.entries(variables)[0] ?? [];
  if (variable === undefined || address === undefined) {
    if (!isScript) return [];
    const detail =
      "the system's settings name a PAC file, which programs of the terminal do not read";
    return [{ name, status: "warn", detail, hint: "Set HTTPS_PROXY to the proxy that it names." }];
  }
  const data = { variables };
  if (!isOff(own, "MLX_DOWNLOAD_SYSTEM_PROXY")) {
    const detail = `${address} of the system's settings, since no variable names one`;
    return [{ name, status: "ok", detail, data }];
  }
  return [
    {
      name,
      status: "warn",
      detail: `the system's settings name ${address}, and MLX_DOWNLOAD_SYSTEM_PROXY forbids it`,
      hint: `export ${variable.toUpperCase()}=${address} uses it.`,
      data,
    },
  ];
}
