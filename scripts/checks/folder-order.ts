/**
 * The folders of a package's `src` from the top down: a file may import from its own folder and from those below it. A
 * file that lies in `src` itself stands above all folders, unless it is listed. Packages that are not here are not
 * ordered yet (see `notYet`).
 */
export const folderOrder: Readonly<Record<string, readonly string[]>> = {
  cache: [
    "view",
    "export",
    "move",
    "verify",
    "publish",
    "removal",
    "scan",
    "records",
    "shared",
    "digest",
    "thread",
    "lock",
    "disk",
    "names",
  ],
  core: [
    "repair",
    "download",
    "find",
    "transfer",
    "account",
    "request",
    "hub",
    "token",
    "settings",
    "http",
    "select",
    "contract",
  ],
  fit: ["choose", "judge", "describe", "caches", "machine", "mlx-lm", "name", "model"],
  "engine-adapter": ["testing", "hook", "drivers", "load", "mlx-serving", "ensure", "contract"],
  xet: ["delta", "read", "kernel", "format", "errors.ts"],
};

/** Packages that still have circles between files, or no order of their folders. A package leaves this list for good. */
export const notYet: ReadonlySet<string> = new Set(["cli", "hub-server", "registry", "web"]);
