import { dirname, join, resolve } from "node:path";
import { requireHome } from "./home.ts";

/** The folders of Hugging Face clients on this machine, all absolute. */
export interface CacheLocations {
  readonly hfHome: string;
  /** The cache of repos. */
  readonly hubCache: string;
  readonly assetsCache: string;
  readonly xetCache: string;
  readonly tokenFile: string;
  readonly storedTokensFile: string;
  /** Messages for the user about values that Python's client would read differently. */
  readonly warnings: readonly string[];
}

/**
 * The folders that the environment asks for, by the rules of huggingface_hub's constants.py: the
 * same variables in the same order, with `~` and `$VAR` expanded. `cacheDir` replaces the hub cache
 * only. An empty variable counts as unset, with a warning, since Python would put the cache into
 * the working directory. Quotes and line ends around a value are removed, also with a warning.
 * Throws `cache/no-home` when only a home folder would determine the place.
 */
export function cacheLocations(
  env: NodeJS.ProcessEnv,
  options: { cacheDir?: string | undefined; homeDir?: string | undefined } = {},
): CacheLocations {
  const warnings: string[] = [];
  // Asked only where it decides: a user without a home folder may well have HF_HOME.
  const home = (): string => options.homeDir ?? requireHome(env);

  const expand = (path: string): string => {
    const tilde = /^~(?=$|[/\\])/.test(path) ? home() + path.slice(1) : path;
    return tilde.replace(
      /\$(?:(\w+)|\{([^}]*)\})/g,
      (whole, bare, braced) => env[bare ?? braced] ?? whole,
    );
  };
  const cleaned = (name: string, value: string | undefined): string | undefined => {
    const [, , bare = value] = /^\s*(["'])(.*)\1\s*$/s.exec(value ?? "") ?? [];
    const text = bare?.replace(/[\r\n]+$/, "");
    if (text !== value) {
      warnings.push(
        `${name} has quotes or a line end around its value. They are ignored here, while Python's huggingface_hub would make them part of the path.`,
      );
    }
    return text;
  };
  const read = (name: string): string | undefined => {
    const value = cleaned(name, env[name]);
    if (value !== "") return value;
    warnings.push(
      `${name} is set but empty. It is ignored here, while Python's huggingface_hub would use the working directory.`,
    );
    return undefined;
  };
  // Only deciding variables are read, so that there is no warning about one that does not matter.
  const first = (names: readonly string[], fallback: () => string): string => {
    for (const name of names) {
      const value = read(name);
      if (value !== undefined) return expand(value);
    }
    return expand(fallback());
  };

  const hfHome = first(["HF_HOME"], () =>
    join(read("XDG_CACHE_HOME") ?? join(home(), ".cache"), "huggingface"),
  );
  const hubCache = options.cacheDir
    ? options.cacheDir.replace(/^~(?=$|[/\\])/, () => home())
    : first(["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"], () => join(hfHome, "hub"));
  const assetsCache = first(["HF_ASSETS_CACHE", "HUGGINGFACE_ASSETS_CACHE"], () =>
    join(hfHome, "assets"),
  );
  const tokenFile = resolve(first(["HF_TOKEN_PATH"], () => join(hfHome, "token")));
  return {
    hfHome: resolve(hfHome),
    hubCache: resolve(hubCache),
    assetsCache: resolve(assetsCache),
    // Python reads this one as it is, so `~` stays a folder of that name for both.
    xetCache: resolve(read("HF_XET_CACHE") ?? join(hfHome, "xet")),
    tokenFile,
    storedTokensFile: join(dirname(tokenFile), "stored_tokens"),
    warnings,
  };
}
