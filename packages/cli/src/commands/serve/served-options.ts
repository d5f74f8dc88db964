import type { Flags } from "../../command-line/flags.ts";

/** The options of a mirror that an installed service keeps. */
export const servedOptions: readonly (keyof Flags)[] = [
  "pullThrough",
  "port",
  "host",
  "public",
  "accessToken",
  "tls",
  "tlsCert",
  "tlsKey",
  "share",
  "useMyToken",
  "allow",
  "deny",
  "refresh",
  "maxSize",
  "endpoint",
  "offline",
  "connections",
  "limitRate",
];
