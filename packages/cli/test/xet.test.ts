import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { startStage } from "./stage.ts";

const repo = "mlx-community/Tiny-4bit";

test("after an edit upstream, the plan, the result and its JSON say what is copied, fetched and saved", async () => {
  const { hub, run } = await startStage({ xet: true });
  const weights = randomBytes(9_000_000);
  const files = { "config.json": "{}", "model.safetensors": weights };
  const xet = { chunksPerXorb: 40 };
  await hub.addRepo(repo, files, { xet });
  const first = await run([repo, "--xet", "off"]);
  expect(first.stderr).not.toContain("saved");
  expect(hub.log.of({ target: "cas" })).toEqual([]);
  const edited = Buffer.concat([Buffer.from("a longer header"), weights, randomBytes(90_000)]);
  await hub.addRepo(repo, { ...files, "model.safetensors": edited }, { xet });

  const outdated = JSON.parse((await run(["outdated", repo, "--json"])).stdout) as {
    readonly models: readonly { readonly bytesToFetch: number }[];
  };
  expect(outdated.models[0]?.bytesToFetch).toBeLessThan(1_500_000);
  const plan = JSON.parse((await run([repo, "--dry-run", "--json"])).stdout) as {
    readonly bytes: { readonly copyable: number; readonly expectedWire: number };
    readonly files: readonly { readonly path: string; readonly route: string | null }[];
  };
  expect(plan.bytes.copyable).toBeGreaterThan(8_000_000);
  expect(plan.bytes.expectedWire).toBeLessThan(1_500_000);
  expect(plan.files.find(({ path }) => path === "model.safetensors")?.route).toBe("xet");

  hub.log.clear();
  const { code, stderr } = await run([repo]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^Plan: .* to copy on this disk, .* to fetch/m);
  expect(stderr).toMatch(/^Verified .* fetched.*, .* copied on this disk, .* saved on the wire$/m);
  // Headers are looked at before the download. The file itself is not asked for.
  const plain = hub.log.of({ target: "cdn" }).reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  expect(plain).toBeLessThan(1_000_000);
  expect((await run([repo, "--xet", "sometimes"])).code).toBe(2);
});
