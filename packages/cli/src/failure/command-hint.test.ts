import { expect, test } from "vitest";
import { commandHint } from "./command-hint.ts";

test("an option of a library is named as the command line has it", () => {
  expect(commandHint("Free some, or name a folder with the option `cacheDir`.")).toBe(
    "Free some, or name a folder with --cache-dir.",
  );
  expect(commandHint('Ask for fewer with `contextLength`, or add `repoType: "dataset"`.')).toBe(
    "Ask for fewer with --ctx, or add --type dataset.",
  );
  expect(commandHint('Write a/b@main with `include: "my folder/*"` and `hub: true`.')).toBe(
    "Write a/b@main with --include 'my folder/*' and --hub.",
  );
});

test("what is no option stays as it is", () => {
  for (const hint of ["Write `config.json` anew.", "Log in.", "`somethingElse` is none."])
    expect(commandHint(hint)).toBe(hint);
});
