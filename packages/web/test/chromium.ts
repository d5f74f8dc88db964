import { tempDir } from "@mlx-download/test-utils";
import type { TestHub } from "@mlx-download/hub-server/testing";
import { chromium, type Browser } from "playwright-core";
import { onTestFinished } from "vitest";
import { chromiumPath } from "./chromium-path.ts";
import { homeEnvironment, startModelHub, startWebProcess, type WebProcess } from "./stage.ts";

if (chromiumPath === undefined) {
  console.log("skipped: no Chromium in /usr/bin (apt-get install chromium-headless-shell)");
}

/** The page's server beside a Hub with slow weights, and a browser. All end with the test. */
export async function openStage(): Promise<{
  readonly env: NodeJS.ProcessEnv;
  readonly hub: TestHub;
  readonly web: WebProcess;
  readonly browser: Browser;
}> {
  const home = await tempDir();
  const hub = await startModelHub(home);
  onTestFinished(() => hub.close());
  hub.faults.add({
    on: "cdn",
    kind: "slow",
    bytesPerSecond: 500_000,
    repoId: "mlx-community/Llama-Large-4bit",
  });
  const env = homeEnvironment(home, hub.url);
  const web = await startWebProcess(env);
  onTestFinished(() => web.kill());
  const browser = await chromium.launch({
    executablePath: chromiumPath ?? "",
    args: ["--no-sandbox", "--host-resolver-rules=MAP evil.example 127.0.0.1"],
  });
  onTestFinished(() => browser.close());
  return { env, hub, web, browser };
}
