import { existsSync } from "node:fs";

/** The Chromium of this machine. Undefined where there is none. */
export const chromiumPath: string | undefined = [
  "chromium-headless-shell",
  "chromium",
  "google-chrome",
]
  .map((name) => `/usr/bin/${name}`)
  .find(existsSync);
