import { ModelDownloadError } from "../contract/errors.ts";

/**
 * A variable's trimmed value, without the quotes that Docker, systemd and Windows leave around the value in a file or after `set`.
 * Undefined when unset or empty (Python takes an empty value as a value, we do not).
 */
export function readText(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name]?.trim() ?? "";
  const [, , bare = value] = /^(["'])(.*)\1$/s.exec(value) ?? [];
  return bare.trim() || undefined;
}

/** True for `1`, `ON`, `YES`, `TRUE` in any case, as the Python client reads its switches. Undefined when unset. */
export function readSwitch(env: NodeJS.ProcessEnv, name: string): boolean | undefined {
  const text = readText(env, name);
  return text === undefined ? undefined : ["1", "ON", "YES", "TRUE"].includes(text.toUpperCase());
}

const MAX_SECONDS = 86_400;

/** A variable in whole seconds, as ms. Throws `settings/invalid` for anything but 1 to 86 400. */
export function readSeconds(env: NodeJS.ProcessEnv, name: string, fallbackMs: number): number {
  const text = readText(env, name);
  if (text === undefined) return fallbackMs;
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds >= 1 && seconds <= MAX_SECONDS) return seconds * 1000;
  throw new ModelDownloadError(`${name} is not a number of seconds`, "settings/invalid", {
    hint: `Set ${name} to a whole number from 1 to ${MAX_SECONDS}, or unset it.`,
    data: { variable: name },
  });
}
