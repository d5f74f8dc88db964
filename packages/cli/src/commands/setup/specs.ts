import type { CommandSpec } from "../../command-line/command-spec.ts";
import { settingSpecs } from "../../config/setting-specs.ts";

const settingNames = settingSpecs.map(({ name }) => name);

const notes = [
  "An option wins over an environment variable, and that over the configuration file: ~/.config/mlx-download/config.json, or the path set by XDG_CONFIG_HOME or MLX_DOWNLOAD_CONFIG.",
];

/** `mlx-download config show` */
export const configShow: CommandSpec = {
  name: "config show",
  group: "Account and settings",
  aliases: ["config", "config list"],
  usage: "",
  summary: "show the settings, and with --origin where each comes from",
  operands: { min: 0, max: 0 },
  flags: ["origin"],
  examples: [{ line: "mlx-download config show --origin", purpose: "every value and its source" }],
  notes,
  load: () => import("./config-show.ts"),
};

/** `mlx-download config get <setting>` */
export const configGet: CommandSpec = {
  name: "config get",
  group: "Account and settings",
  aliases: [],
  usage: "<setting>",
  summary: "print one setting. Exit 4 when nothing sets it",
  operands: { min: 1, max: 1, what: "a setting", complete: settingNames },
  flags: [],
  examples: [{ line: "mlx-download config get cache-dir", purpose: "for a script" }],
  notes,
  load: () => import("./config-get.ts"),
};

/** `mlx-download config set <setting> <value>` */
export const configSet: CommandSpec = {
  name: "config set",
  group: "Account and settings",
  aliases: [],
  usage: "<setting> <value>",
  summary: "write a setting to the configuration file",
  operands: { min: 2, max: 2, what: "a setting and its value", complete: settingNames },
  flags: [],
  examples: [
    { line: "mlx-download config set endpoint https://hf-mirror.com", purpose: "use a mirror" },
    { line: "mlx-download config set cache-dir /Volumes/Models/hub", purpose: "another disk" },
  ],
  notes,
  load: () => import("./config-set.ts"),
};

/** `mlx-download config path` */
export const configPath: CommandSpec = {
  name: "config path",
  group: "Account and settings",
  aliases: ["config file"],
  usage: "",
  summary: "print where the configuration file is",
  operands: { min: 0, max: 0 },
  flags: [],
  examples: [{ line: '$EDITOR "$(mlx-download config path)"', purpose: "edit it by hand" }],
  load: () => import("./config-path.ts"),
};

/** `mlx-download config unset <setting>` */
export const configUnset: CommandSpec = {
  name: "config unset",
  group: "Account and settings",
  aliases: [],
  usage: "<setting>",
  summary: "remove a setting from the configuration file",
  operands: { min: 1, max: 1, what: "a setting", complete: settingNames },
  flags: [],
  examples: [{ line: "mlx-download config unset endpoint", purpose: "the Hub itself again" }],
  notes,
  load: () => import("./config-unset.ts"),
};

/** `mlx-download doctor` */
export const doctor: CommandSpec = {
  name: "doctor",
  group: "Account and settings",
  aliases: [],
  usage: "",
  summary: "check network, token, cache, disk and Python, and print a report for an issue",
  operands: { min: 0, max: 0 },
  flags: ["endpoint", "cacheDir", "offline", "tokenStdin", "token"],
  examples: [{ line: "mlx-download doctor", purpose: "problems here, and their fixes" }],
  notes: [
    "The exit code is that of the first failed check (5: no network, 3: the token is refused, 6: the disk), or 0 when there are only warnings. The report contains no token, and shows the home folder as ~.",
  ],
  load: () => import("./doctor.ts"),
};

/** `mlx-download completion <shell>` */
export const completion: CommandSpec = {
  name: "completion",
  group: "Account and settings",
  aliases: [],
  usage: "<bash | zsh | fish>",
  summary: "print the script that completes commands, options and cached models in a shell",
  operands: { min: 1, max: 1, what: "a shell", complete: ["bash", "zsh", "fish"] },
  flags: [],
  examples: [
    { line: "source <(mlx-download completion bash)", purpose: "in ~/.bashrc" },
    { line: "source <(mlx-download completion zsh)", purpose: "in ~/.zshrc, below compinit" },
    { line: "mlx-download completion fish | source", purpose: "in config.fish" },
  ],
  load: () => import("./completion.ts"),
};

/** `mlx-download man` */
export const man: CommandSpec = {
  name: "man",
  group: "Account and settings",
  aliases: [],
  usage: "",
  summary: "print the manual page, for a folder of man",
  operands: { min: 0, max: 0 },
  flags: [],
  examples: [
    {
      line: "mlx-download man > /usr/local/share/man/man1/mlx-download.1",
      purpose: "for man mlx-download. npm and Homebrew do it themselves",
    },
  ],
  load: () => import("./man.ts"),
};

/** `mlx-download schema <output | events>` */
export const schema: CommandSpec = {
  name: "schema",
  group: "Account and settings",
  aliases: [],
  usage: "<output | events>",
  summary: "print the JSON Schema of --json or of --events",
  operands: { min: 1, max: 1, what: "output or events", complete: ["output", "events"] },
  flags: [],
  examples: [
    { line: "mlx-download schema output > output.schema.json", purpose: "to check what it prints" },
  ],
  load: () => import("./schema.ts"),
};
