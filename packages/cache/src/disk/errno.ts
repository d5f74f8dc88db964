/**
 * Codes that libuv has no name for: Node calls them `Unknown system error -122`. Numbers from errno.h of Linux
 * (asm-generic) and of macOS (sys/errno.h).
 */
const UNNAMED: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  linux: {
    37: "ENOLCK",
    67: "ENOLINK",
    74: "EBADMSG",
    116: "ESTALE",
    117: "EUCLEAN",
    122: "EDQUOT",
    123: "ENOMEDIUM",
    124: "EMEDIUMTYPE",
    126: "ENOKEY",
    127: "EKEYEXPIRED",
    128: "EKEYREVOKED",
    133: "EHWPOISON",
  },
  darwin: {
    69: "EDQUOT",
    70: "ESTALE",
    77: "ENOLCK",
    80: "EAUTH",
    81: "ENEEDAUTH",
    82: "EPWROFF",
    83: "EDEVERR",
    94: "EBADMSG",
    97: "ENOLINK",
  },
};

/** The system's error code (`ENOENT` …) of anything thrown, if it has one, also one that Node has no name for. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  if (typeof error.code !== "string") return undefined;
  const [, number] = /^Unknown system error -(\d+)$/.exec(error.code) ?? [];
  if (number === undefined) return error.code;
  return UNNAMED[process.platform]?.[Number(number)] ?? error.code;
}
