import { createHash } from "node:crypto";
import { startTestHub, type Quirks } from "@mlx-download/hub-server/testing";
import { onTestFinished } from "vitest";
import { createHttpSource } from "../src/transfer/sources/http-source.ts";
import { createSourceSet } from "../src/transfer/sources/source-set.ts";
import { clientFor } from "./hub-client.ts";
import { type SourceUnderTest, testSource } from "./test-source.ts";

const bytes = new Uint8Array(1_500_000);
for (let index = 0; index < bytes.length; index += 1) bytes[index] = (index * 31) ^ (index >> 9);
const hex = createHash("sha256").update(bytes).digest("hex");
const blob = {
  path: "model.safetensors",
  size: bytes.length,
  digest: { algorithm: "sha256", hex },
} as const;

/** The blob on a Hub of these habits. */
async function hubSource(quirks: Quirks = {}) {
  const hub = await startTestHub({ quirks });
  onTestFinished(() => hub.close());
  const { commit } = await hub.addRepo("acme/big", { "model.safetensors": bytes });
  const { client } = clientFor(hub.url);
  return { hub, source: createHttpSource(client, { repoId: "acme/big", commit }) };
}

const under = (source: SourceUnderTest["source"]): SourceUnderTest => ({ source, blob, bytes });

testSource("the Hub", async () => under((await hubSource()).source));

testSource("a mirror that sends large files itself", async () =>
  under((await hubSource({ lfsDirect: true })).source),
);

testSource("several sources as one", async () => {
  const [one, other] = [await hubSource(), await hubSource()];
  return under(createSourceSet([one.source, other.source], () => undefined));
});

testSource("several sources, of which one is always away,", async () => {
  const [one, other] = [await hubSource(), await hubSource()];
  one.hub.faults.add({ on: "cdn", kind: "hangUp" });
  return under(createSourceSet([one.source, other.source], () => undefined));
});

testSource("several sources, of which one knows no ranges,", async () => {
  const [one, other] = [await hubSource(), await hubSource()];
  one.hub.faults.add({ on: "cdn", kind: "ignoreRange" });
  return under(createSourceSet([one.source, other.source], () => undefined));
});
