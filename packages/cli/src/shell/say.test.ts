import { PassThrough } from "node:stream";
import type { WriteStream } from "node:tty";
import { expect, test } from "vitest";
import { say } from "./say.ts";

/** A terminal of so many columns, or a pipe. */
function stderrOf(columns?: number): { readonly stderr: WriteStream; readonly text: () => string } {
  const stream = new PassThrough({ encoding: "utf8" });
  const tty = columns === undefined ? {} : { isTTY: true, columns };
  return {
    stderr: Object.assign(stream, tty) as unknown as WriteStream,
    text: () => String(stream.read() ?? ""),
  };
}

test("a line for people breaks between words on a terminal, and never in a pipe", () => {
  const narrow = stderrOf(20);
  say("Added to mlx-models.json and its lock.", narrow);
  expect(narrow.text()).toBe("Added to\n  mlx-models.json\n  and its lock.\n");
  const pipe = stderrOf();
  say("Added to mlx-models.json and its lock.", pipe);
  expect(pipe.text()).toBe("Added to mlx-models.json and its lock.\n");
});

test("a painted word in front counts by its columns, and control characters are shown as such", () => {
  const terminal = stderrOf(14);
  say(" is org/name\u0007", terminal, { mark: "\u001b[1mchat\u001b[22m", width: 4 });
  const text = terminal.text();
  expect(text.startsWith("\u001b[1mchat\u001b[22m is")).toBe(true);
  expect(text).not.toContain("\u0007");
});
