import { expect, test } from "vitest";
import { commandTable } from "../commands/table.ts";
import { parseCommandLine } from "./parse.ts";

/** The parsed flags without switches that are off and lists that are empty. */
async function parsed(...argv: string[]) {
  const { command, operands, flags } = await parseCommandLine(argv, commandTable);
  const given = Object.entries(flags).filter(
    ([, value]) => value !== false && !(Array.isArray(value) && value.length === 0),
  );
  return { command: command.name, operands, ...Object.fromEntries(given) };
}

test.each([
  [["org/name"], { command: "get", operands: ["org/name"] }],
  [["get", "a/b", "c/d@v1"], { command: "get", operands: ["a/b", "c/d@v1"] }],
  [["download", "a/b"], { command: "get", operands: ["a/b"] }],
  [["gpt2"], { command: "get", operands: ["gpt2"] }],
  [["get", "list"], { command: "get", operands: ["list"] }],
  [["--", "-odd/name"], { command: "get", operands: ["-odd/name"] }],
  [["--force", "a/b"], { command: "get", operands: ["a/b"], force: true }],
  [["a/b", "-q", "--json"], { command: "get", operands: ["a/b"], quiet: true, json: true }],
  [["a/b", "--revision=v1"], { command: "get", operands: ["a/b"], revision: "v1" }],
  [["a/b", "--revision", "0123"], { command: "get", operands: ["a/b"], revision: "0123" }],
  [["a/b", "--connections", "4"], { command: "get", operands: ["a/b"], connections: 4 }],
  [["--json", "list"], { command: "list", operands: [], json: true }],
  [
    ["list", "--limit=10", "--search", "qwen3"],
    { command: "list", operands: [], limit: 10, filter: "qwen3" },
  ],
  [["cache"], { command: "cache", operands: [] }],
  [
    ["cache", "--clear-model", "a/b", "-y"],
    { command: "cache", operands: [], clearModel: "a/b", yes: true },
  ],
  [["path", "a/b"], { command: "path", operands: ["a/b"] }],
])("%j is understood", async (argv, expected) => {
  expect(await parsed(...argv)).toEqual(expected);
});

test("patterns may be repeated, listed behind one option, or named as the ancestor did", async () => {
  const include = ["*.json", "*.txt"];
  const expected = { command: "get", operands: ["a/b"], include };
  expect(await parsed("a/b", "--include", "*.json", "--include", "*.txt")).toEqual(expected);
  expect(await parsed("--include", "*.json", "*.txt", "a/b")).toEqual(expected);
  expect(await parsed("download", "a/b", "--allow-patterns", "*.json", "*.txt")).toEqual(expected);
  expect(await parsed("a/b", "--ignore-patterns=*.bin")).toEqual({
    command: "get",
    operands: ["a/b"],
    exclude: ["*.bin"],
  });
});

test("a pattern option never swallows the repo behind it", async () => {
  expect(await parsed("--include", "config.json", "a/b")).toMatchObject({
    operands: ["a/b"],
    include: ["config.json"],
  });
});

test.each([
  [["--jsn", "a/b"], "there is no option --jsn", "Did you mean --json?"],
  [["a/b", "--revison", "x"], "there is no option --revison", "Did you mean --revision?"],
  [["a/b", "--no-force"], "there is no option --no-force", "Did you mean --force?"],
  [["a/b", "--dry_run"], "there is no option --dry_run", "Did you mean --dry-run?"],
  [["a/b", "--max-workers", "8"], "there is no option --max-workers", "--connections N"],
  [["a/b", "--repo-type=dataset"], "there is no option --repo-type", "--type"],
  [["a/b", "--force-download"], "there is no option --force-download", "--force"],
  [["a/b", "--resume-download"], "there is no option --resume-download", "Leave it out"],
  [["verify", "--local-dir-use-symlinks", "False"], "there is no option", "never links"],
  [["scan-cache"], 'there is no command "scan-cache"', "mlx-download cache ls"],
  [["delete-cache"], 'there is no command "delete-cache"', "mlx-download cache rm"],
  [["version"], 'there is no command "version"', "--version"],
  [["clone", "a/b"], 'there is no command "clone"', "mlx-download get"],
  [["serve", "a/b"], '"a/b" is one word too many', "mlx_lm.server --model a/b"],
  [["a/b", "-x"], "there is no option -x", "--help"],
  [["a/b", "--limit", "3"], "--limit is no option of mlx-download get", "mlx-download list"],
  [["lst"], 'there is no command "lst"', "mlx-download list"],
  [["chache", "--list"], 'there is no command "chache"', "mlx-download cache"],
  [["list", "qwen3", "--filter", "x"], '"qwen3" and --filter x are both', "Leave one"],
  [["path"], "mlx-download path needs a model", "--help"],
  [["path", "a/b", "c/d"], '"c/d" is one word too many', "--help"],
  [["-q"], "no model is named", "--help"],
  [["a/b", "--revision"], "--revision needs a value", "--revision REV"],
  [["a/b", "--revision", ""], "--revision needs a value", "--revision REV"],
  [["a/b", "--revision", "1", "--revision", "2"], "--revision is given 2 times", "once"],
  [["a/b", "--preset", "mxl"], "--preset mxl is not one of", "Did you mean mlx?"],
  [["list", "--sort", "popular"], "--sort popular is not one of", "Choose"],
  [["list", "--limit", "abc"], "--limit abc is not a whole number above zero", "--limit 8"],
  [["list", "--limit", "0"], "--limit 0 is not a whole number above zero", "--limit 8"],
  [["a/b", "--connections", "1.5"], "--connections 1.5 is not a whole number", "8"],
  [["a/b", "--limit-rate", "fast"], "--limit-rate fast is not a number of bytes a second", "5M"],
  [["a/b", "--json", "--events"], "--json and --events exclude each other", "Leave one"],
  [
    ["a/b", "--token", "x", "--token-stdin"],
    "--token and --token-stdin exclude each other",
    "Leave one",
  ],
  [["list", "--all", "--author", "x"], "--all and --author exclude each other", "Leave one"],
  [["cache", "--list", "--clear"], "--list and --clear exclude each other", "Leave one"],
  [["cache", "--clear", "--clear-model", "a/b"], "--clear and --clear-model exclude", "Leave one"],
  [["a/b", "c/d", "--local-dir", "x"], "--local-dir takes one model at a time", "once for each"],
])("%j is refused with a next step", async (argv, message, hint) => {
  await expect(parseCommandLine(argv, commandTable)).rejects.toThrow(
    expect.objectContaining({
      code: "cli/usage",
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    }),
  );
});

test("an empty token is refused without being sent anonymously", async () => {
  await expect(parseCommandLine(["a/b", "--token", ""], commandTable)).rejects.toThrow(
    "--token needs a value",
  );
});

test("words that look like prototype members are no options", async () => {
  await expect(parseCommandLine(["a/b", "--constructor", "x"], commandTable)).rejects.toThrow(
    "there is no option",
  );
});
