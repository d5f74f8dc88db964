/** Variables without secrets that a program needs to do the same as here. */
const PASSED = [
  "HF_HOME",
  "HF_HUB_CACHE",
  "HF_ENDPOINT",
  "MLX_DOWNLOAD_CONFIG",
  "XDG_CONFIG_HOME",
  "XDG_STATE_HOME",
  "XDG_CACHE_HOME",
  "HTTPS_PROXY",
  "NO_PROXY",
];

/** The variables that a program of the system gets. */
export function passedEnv(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const passed = PASSED.flatMap((name) => {
    const value = env[name]?.trim();
    // An address with a password stays out of a readable file.
    return value && !/:\/\/[^/]*@/.test(value) ? [[name, value] as const] : [];
  });
  return Object.fromEntries(passed);
}

/** Says so when the words of `ownCommand` will not hold. */
export function warnOfNpx(note: (text: string) => void): void {
  if (/[\\/]_npx[\\/]/.test(process.argv[1] ?? ""))
    note(
      "warning: this command runs from npx's cache, which npm may empty. Install it: npm install -g mlx-download",
    );
}
