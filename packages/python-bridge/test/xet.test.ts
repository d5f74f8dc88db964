import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { download } from "@mlx-download/core";
import { startTestHub } from "@mlx-download/hub-server/testing";
import { pythonEnv, tempDir } from "@mlx-download/test-utils";
import { describe, expect, onTestFinished, test } from "vitest";
import { PythonBackend } from "../src/index.ts";
import { startXetStorage } from "./xet-storage.ts";

describe.each(["hub-2.4.0", "hub-1.33.0", "hub-0.34.6"] as const)("hf_xet with %s", (name) => {
  const env = pythonEnv(name);

  test.skipIf(!env).each(["on", "off"])(
    "%s: the file comes from where it should, and is proved",
    async (xet) => {
      const hub = await startTestHub();
      onTestFinished(() => hub.close());
      const content = Buffer.alloc(350_000, "mlx weights ");
      await hub.addRepo("acme/xet", { "config.json": "{}", "model.safetensors": content });
      const storage = await startXetStorage(content);
      const { headers } = storage;
      hub.faults.add({ on: "resolve", path: "model.safetensors", kind: "setHeaders", headers });
      const home = await tempDir();
      const cacheDir = join(home, "hub");
      await using backend = new PythonBackend({
        python: env?.python,
        env: {
          PATH: process.env["PATH"],
          HF_HOME: home,
          HF_HUB_CACHE: cacheDir,
          HF_HUB_DISABLE_TELEMETRY: "1",
          ...(xet === "off" && { HF_HUB_DISABLE_XET: "1" }),
        },
      });
      const options = { env: {}, endpoint: hub.url, cacheDir, backend };
      const result = await download("acme/xet", options);
      expect(result.bytes).toMatchObject({ total: 350_002, fetched: 350_002 });
      expect((await readFile(join(result.path, "model.safetensors"))).equals(content)).toBe(true);
      expect(storage.fetched.length > 0).toBe(xet === "on");
      expect(
        hub.log.of({ target: "cdn", path: "model.safetensors", method: "GET" }).length > 0,
      ).toBe(xet === "off");
      expect(await download("acme/xet", options)).toMatchObject({ fromCache: true });
    },
  );
});
