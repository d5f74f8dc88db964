import type { CommandSpec } from "../../command-line/command-spec.ts";

/** `mlx-download web` */
export const web: CommandSpec = {
  name: "web",
  group: "Serve and share",
  aliases: ["ui", "gui"],
  usage: "",
  summary: "open a local page to find, compare, download and look after models",
  operands: { min: 0, max: 0 },
  flags: [
    "port",
    "noOpen",
    "newToken",
    "cacheDir",
    "endpoint",
    "connections",
    "peers",
    "xet",
    "preset",
    "offline",
    "events",
    "tokenStdin",
    "token",
  ],
  examples: [
    { line: "mlx-download web", purpose: "opens the page in the browser. Ctrl-C ends it" },
    { line: "mlx-download web --no-open --port 8080", purpose: "says where it is, and no more" },
    { line: "mlx-download web --new-token", purpose: "shuts out every page that is open" },
  ],
  notes: [
    "The page answers this machine alone, and only with the token that is behind # in its address. The first line of standard output is the address, with the token only on a terminal; tokenFile in --json says where it lies.",
    "Downloads belong to the server, not to the page: they go on when it is closed or loaded again, and after the end of this command at its next start, from where they were.",
  ],
  load: () => import("./web.ts"),
};
