/** True for `1`, `on`, `yes` and `true` in any case, as the Python client reads its switches. */
export function isOn(env: NodeJS.ProcessEnv, name: string): boolean {
  return /^(1|on|yes|true)$/i.test(env[name]?.trim() ?? "");
}

/** True when the environment forbids requests, by either variable that downloads obey. */
export function isOffline(env: NodeJS.ProcessEnv): boolean {
  return isOn(env, "HF_HUB_OFFLINE") || isOn(env, "TRANSFORMERS_OFFLINE");
}
