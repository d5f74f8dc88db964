/** True for a switch that is on unless it is told otherwise: `0`, `off`, `no` and `false` in any case. */
export function isOff(env: NodeJS.ProcessEnv, name: string): boolean {
  return /^(?:0|off|no|false)$/i.test(env[name]?.trim() ?? "");
}
