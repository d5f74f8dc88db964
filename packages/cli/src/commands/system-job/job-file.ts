/** A file by which the system starts something. */
export interface JobFile {
  readonly path: string;
  readonly text: string;
}

/** A program that the system starts. */
export interface JobProgram {
  readonly command: readonly [string, ...string[]];
  /** Without any secret: the files are readable. */
  readonly env: Readonly<Record<string, string>>;
}

/** The lines of a systemd service that say what is run. */
export function systemdRun(
  command: JobProgram["command"],
  env: JobProgram["env"],
): readonly string[] {
  return [
    ...Object.entries(env).map(([name, value]) => `Environment=${systemdWord(`${name}=${value}`)}`),
    `ExecStart=${command.map(systemdWord).join(" ")}`,
  ];
}

/** A word of a systemd command line: quoted, its `%` and `$` without meaning (systemd.service(5)). */
function systemdWord(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("%", "%%")
    .replaceAll("$", "$$$$")
    .replaceAll("\n", "\\n");
  return /^[\w@%+=:,./-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

/** The property list of a launchd agent (launchd.plist(5)). `entries` are further lines of it. */
export function plistText({
  label,
  command,
  env,
  about,
  entries,
  logPath,
}: JobProgram & {
  readonly label: string;
  /** One sentence, for a comment. */
  readonly about: string;
  readonly entries: readonly string[];
  readonly logPath: string;
}): string {
  const text = (value: string): string => `<string>${xml(value)}</string>`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    `<!-- Written by mlx-download. ${about} -->`,
    '<plist version="1.0">',
    "<dict>",
    `  <key>Label</key>${text(label)}`,
    "  <key>ProgramArguments</key>",
    "  <array>",
    ...command.map((word) => `    ${text(word)}`),
    "  </array>",
    "  <key>EnvironmentVariables</key>",
    "  <dict>",
    ...Object.entries(env).map(([name, value]) => `    <key>${xml(name)}</key>${text(value)}`),
    "  </dict>",
    ...entries,
    `  <key>StandardOutPath</key>${text(logPath)}`,
    `  <key>StandardErrorPath</key>${text(logPath)}`,
    "</dict>",
    "</plist>",
    "",
  ].join("\n");
}

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
