/** Options that hints of the libraries name, and their names on the command line where those differ. */
const flags: ReadonlyMap<string, string> = new Map(
  Object.entries({
    cacheDir: "cache-dir",
    contextLength: "ctx",
    endpoint: "endpoint",
    exclude: "exclude",
    frozen: "frozen",
    hub: "hub",
    include: "include",
    localDir: "local-dir",
    offline: "offline",
    online: "online",
    port: "port",
    preset: "preset",
    repoType: "type",
    requireFit: "require-fit",
    to: "to",
    token: "token-stdin",
    trust: "trust",
    trustRemoteCode: "trust-remote-code",
  }),
);

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/**
 * A hint of a library in the words of the command line. Libraries name their options as programs
 * write them: `` `cacheDir` `` is `--cache-dir` here, `` `preset: "all"` `` is `--preset all`.
 */
export function commandHint(hint: string): string {
  return hint.replaceAll(
    /(?:the option )?`([A-Za-z]+)(?:: (?:"([^"`]*)"|true))?`/g,
    (text: string, option: string, value?: string) => {
      const flag = flags.get(option);
      if (flag === undefined) return text;
      return value === undefined ? `--${flag}` : `--${flag} ${quoted(value)}`;
    },
  );
}
