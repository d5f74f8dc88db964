import type { CommandSpec } from "../../command-line/command-spec.ts";

const notes = [
  "Nothing is shared and no neighbour is looked for before you say so, and only on networks that you have allowed: a network is known by its subnet and its router. Only public models are offered, by digest: no name of a model is sent, and what is gated or private is answered like what is not here. A metered network is not served.",
];

/** `mlx-download share on` */
export const shareOn: CommandSpec = {
  name: "share on",
  group: "Serve and share",
  aliases: [],
  usage: "[network…]",
  summary: "offer the cache's public models to the neighbours on this network",
  operands: { min: 0, max: Number.POSITIVE_INFINITY, complete: "nothing" },
  flags: [
    "foreground",
    "install",
    "uninstall",
    "dryRun",
    "port",
    "cacheDir",
    "endpoint",
    "offline",
    "events",
  ],
  options: {
    port: {
      summary: "the port to offer at (default 8091, and any that is free where it is taken)",
    },
    endpoint: { summary: "the Hub that is asked which models are public (default HF_ENDPOINT)" },
    dryRun: { summary: "with --install or --uninstall: show the file, change nothing" },
    offline: { summary: "ask no Hub: offer what was public when it was asked last" },
  },
  examples: [
    { line: "mlx-download share on", purpose: "allows the present network and shares there" },
    { line: "mlx-download share on en7", purpose: "a cable between two Macs" },
    { line: "mlx-download share on --foreground", purpose: "shares until Ctrl-C, with a log" },
  ],
  notes: [
    ...notes,
    "It runs on after the command, until share off or the next restart; with --install the system starts it at each login. The first line of --foreground on standard output is its process id.",
  ],
  load: () => import("./on.ts"),
};

/** `mlx-download share off` */
export const shareOff: CommandSpec = {
  name: "share off",
  group: "Serve and share",
  aliases: [],
  usage: "",
  summary: "offer nothing to neighbours any more",
  operands: { min: 0, max: 0 },
  flags: [],
  examples: [{ line: "mlx-download share off", purpose: "neighbours go on from elsewhere" }],
  load: () => import("./off.ts"),
};

/** `mlx-download share status` */
export const shareStatus: CommandSpec = {
  name: "share status",
  group: "Serve and share",
  aliases: ["share"],
  usage: "",
  summary: "show what is shared, on which networks, who took it, and who else shares",
  operands: { min: 0, max: 0 },
  flags: [],
  examples: [{ line: "mlx-download share status", purpose: "takes 1.5 seconds, to listen" }],
  notes,
  load: () => import("./share-status.ts"),
};

/** `mlx-download share allow` */
export const shareAllow: CommandSpec = {
  name: "share allow",
  group: "Serve and share",
  aliases: [],
  usage: "[network…]",
  summary: "allow --peers auto, and sharing once it is on, on this network",
  operands: { min: 0, max: Number.POSITIVE_INFINITY, complete: "nothing" },
  flags: [],
  examples: [
    { line: "mlx-download share allow", purpose: "the networks that this machine is on" },
    { line: "mlx-download share allow 192.168.1.0/24", purpose: "one of them" },
  ],
  notes,
  load: () => import("./allow.ts"),
};

/** `mlx-download share forget` */
export const shareForget: CommandSpec = {
  name: "share forget",
  group: "Serve and share",
  aliases: [],
  usage: "<network…>",
  summary: "take back what was decided about a network",
  operands: {
    min: 1,
    max: Number.POSITIVE_INFINITY,
    what: "a network",
    complete: "nothing",
  },
  flags: [],
  examples: [{ line: "mlx-download share forget 192.168.1.0/24", purpose: "not allowed any more" }],
  load: () => import("./forget.ts"),
};
