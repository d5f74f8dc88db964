import type { CommandSpec } from "../../command-line/command-spec.ts";

const oneName = { min: 1, max: 1, what: "a collection", complete: "nothing" } as const;
const nameAndModels = { min: 2, max: Number.POSITIVE_INFINITY, what: "a collection and a model" };

/** `mlx-download collection ls` */
export const collectionLs: CommandSpec = {
  name: "collection ls",
  group: "Find and choose",
  aliases: ["collection", "collections", "collection list"],
  usage: "",
  summary: "list the local collections of models and the followed ones of the Hub",
  operands: { min: 0, max: 0, complete: "nothing" },
  flags: ["endpoint", "offline", "tokenStdin", "token"],
  examples: [{ line: "mlx-download collection ls", purpose: "with the changes" }],
  notes: ["A followed collection is asked for once a day at most."],
  load: () => import("./ls.ts"),
};

/** `mlx-download collection show` */
export const collectionShow: CommandSpec = {
  name: "collection show",
  group: "Find and choose",
  aliases: ["collection info"],
  usage: "<owner/title-id | NAME | FILE.json>",
  summary: "show the models of a collection: of the Hub, local, or in a file",
  operands: oneName,
  flags: ["cacheDir", "endpoint", "offline", "tokenStdin", "token"],
  examples: [
    { line: "mlx-download collection show mlx-community/qwen3-65a1b2c3", purpose: "of the Hub" },
    { line: "mlx-download collection show picks", purpose: "a local one" },
  ],
  notes: ["mlx-download get collection:NAME downloads all of its models."],
  load: () => import("./show.ts"),
};

/** `mlx-download collection follow` */
export const collectionFollow: CommandSpec = {
  name: "collection follow",
  group: "Find and choose",
  aliases: [],
  usage: "<owner/title-id>",
  summary: "follow a collection of the Hub: collection ls shows its changes",
  operands: oneName,
  flags: ["endpoint", "tokenStdin", "token"],
  examples: [{ line: "mlx-download collection follow org/picks-65a1b2c3", purpose: "one of them" }],
  load: () => import("./follow.ts"),
};

/** `mlx-download collection unfollow` */
export const collectionUnfollow: CommandSpec = {
  name: "collection unfollow",
  group: "Find and choose",
  aliases: [],
  usage: "<owner/title-id>",
  summary: "stop following a collection of the Hub",
  operands: oneName,
  flags: [],
  examples: [{ line: "mlx-download collection unfollow org/picks-65a1b2c3", purpose: "the same" }],
  load: () => import("./unfollow.ts"),
};

/** `mlx-download collection add` */
export const collectionAdd: CommandSpec = {
  name: "collection add",
  group: "Find and choose",
  aliases: ["collection make"],
  usage: "<NAME> <org/name[@revision]>…",
  summary: "add models to a local collection, which is made where there is none",
  operands: nameAndModels,
  flags: [],
  examples: [
    { line: "mlx-download collection add picks org/name org/other", purpose: "two models" },
  ],
  load: () => import("./add.ts"),
};

/** `mlx-download collection remove` */
export const collectionRemove: CommandSpec = {
  name: "collection remove",
  group: "Find and choose",
  aliases: [],
  usage: "<NAME> <org/name>…",
  summary: "take models out of a local collection. Their files stay",
  operands: nameAndModels,
  flags: [],
  examples: [{ line: "mlx-download collection remove picks org/other", purpose: "one model" }],
  load: () => import("./remove.ts"),
};

/** `mlx-download collection rm` */
export const collectionRm: CommandSpec = {
  name: "collection rm",
  group: "Find and choose",
  aliases: ["collection delete"],
  usage: "<NAME>",
  summary: "delete a local collection. The models stay in the cache",
  operands: oneName,
  flags: [],
  examples: [{ line: "mlx-download collection rm picks", purpose: "the whole list" }],
  load: () => import("./rm.ts"),
};

/** `mlx-download collection share` */
export const collectionShare: CommandSpec = {
  name: "collection share",
  group: "Find and choose",
  aliases: ["collection export"],
  usage: "<owner/title-id | NAME>",
  summary: "print a collection as a file in the format of mlx-models.json",
  operands: oneName,
  flags: ["endpoint", "tokenStdin", "token"],
  examples: [
    { line: "mlx-download collection share picks > picks.json", purpose: "for others" },
    { line: "mlx-download get collection:./picks.json", purpose: "their next step" },
  ],
  load: () => import("./share.ts"),
};
