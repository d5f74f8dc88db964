import { chromium, type Browser } from "playwright-core";
import { onTestFinished } from "vitest";
import { chromiumPath } from "./chromium-path.ts";
import { type SlowStage, startSlowStage } from "./stage.ts";

if (chromiumPath === undefined) {
  console.log("skipped: no Chromium in /usr/bin (apt-get install chromium-headless-shell)");
}

/** A slow stage, and a browser. All end with the test. */
export async function openStage(): Promise<SlowStage & { readonly browser: Browser }> {
  const slow = await startSlowStage();
  const browser = await chromium.launch({
    executablePath: chromiumPath ?? "",
    args: ["--no-sandbox", "--host-resolver-rules=MAP evil.example 127.0.0.1"],
  });
  onTestFinished(() => browser.close());
  return { ...slow, browser };
}
