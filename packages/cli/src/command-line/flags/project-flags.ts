/** Options about the models of a project: its manifest and its lock. */
export const projectFlags = {
  project: {
    name: "project",
    type: "text",
    value: "DIR",
    summary: "the project's folder (default: the nearest one upwards with a mlx-models.json)",
  },
  frozen: {
    name: "frozen",
    type: "switch",
    summary: "the lock decides alone: exit 2 where it is not that of the manifest",
  },
  outdated: {
    name: "outdated",
    type: "switch",
    summary: "also ask the Hub which of the locked branches have moved",
  },
  optional: {
    name: "optional",
    type: "switch",
    summary: "installing goes on when the model cannot be had",
  },
  lock: {
    name: "lock",
    type: "switch",
    summary: "compare the cache with the lock of the project",
  },
  upgrade: {
    name: "upgrade",
    type: "switch",
    summary: "move locked models to the current commits of their branches: these aliases, or all",
  },
  check: {
    name: "check",
    type: "switch",
    summary: "change nothing: exit 2 where the lock is not that of the manifest",
  },
  format: {
    name: "format",
    type: "text",
    value: "FORMAT",
    choices: ["kernels", "cyclonedx"],
    summary:
      "print the lock in another format: kernels (kernels.lock), cyclonedx (a bill of materials)",
  },
} as const;
