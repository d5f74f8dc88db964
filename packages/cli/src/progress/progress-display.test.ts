import { expect, test } from "vitest";
import { drawsFrames } from "./progress-display.ts";

test.each([
  ["a terminal", true, { TERM: "xterm" }, true],
  ["a pipe", false, {}, false],
  ["TERM=dumb", true, { TERM: "dumb" }, false],
  ["CI", true, { CI: "true" }, false],
  ["CI=false", true, { CI: "false" }, true],
  ["MLX_DOWNLOAD_PLAIN=true", true, { MLX_DOWNLOAD_PLAIN: "true" }, false],
  ["MLX_DOWNLOAD_PLAIN=0", true, { MLX_DOWNLOAD_PLAIN: "0" }, true],
  ["HF_HUB_DISABLE_PROGRESS_BARS=1", true, { HF_HUB_DISABLE_PROGRESS_BARS: "1" }, false],
  ["HF_HUB_DISABLE_PROGRESS_BARS=0", true, { HF_HUB_DISABLE_PROGRESS_BARS: "0" }, true],
])("drawing frames with %s", (_, isTTY, env, drawn) => {
  expect(drawsFrames({ isTTY }, env)).toBe(drawn);
});
