import { MADE_UP_TOKEN } from "./ask-hub.ts";
import { startTestHub, type TestHub } from "@mlx-download/hub-server/testing";

/**
 * The embedded Hub with repos by the names that the questions ask for, each as far like the real one as an answer shows
 * it. Its own token is `hf_own`, which has not asked for the gated repo.
 */
export async function startStandInHub(): Promise<TestHub> {
  const hub = await startTestHub({
    announceXet: true,
    anonymousWarning: true,
    maskGated: true,
  });
  hub.store.addUser({ name: "anna", tokens: ["hf_own"] });
  hub.store.revokeToken(MADE_UP_TOKEN, "unknown");
  const weights = { size: 5000 };
  await hub.addRepo(
    "openai-community/gpt2",
    {
      "README.md":
        "---\nlicense: mit\nlibrary_name: transformers\npipeline_tag: text-generation\n---\n# GPT-2\n",
      ".gitattributes": "*.safetensors filter=lfs diff=lfs merge=lfs -text\n",
      "config.json": '{"architectures":["GPT2LMHeadModel"],"model_type":"gpt2"}\n',
      "model.safetensors": safetensors(),
      "onnx/config.json": "{}",
      ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`onnx/${i}.txt`, "x"])),
    },
    { commit: "607a30d783dfa663caf39e06633721c8d4cfcd7e", renamedFrom: ["gpt2"] },
  );
  await hub.addRepo(
    "meta-llama/Llama-3.2-1B",
    {
      "README.md": "---\nlicense: llama3.2\n---\n",
      "LICENSE.txt": "terms",
      "config.json": "{}",
      "model.safetensors": weights,
      "original/params.json": "{}",
    },
    { gated: "manual" },
  );
  await hub.addRepo(
    "mcpotato/42-eicar-street",
    {
      "danger.dat": weights,
      "model_broken_X.pkl": "x",
      "build_pickles.py": "x",
      "config.json": "{}",
    },
    {
      scansDone: true,
      scans: {
        "danger.dat": {
          status: "unsafe",
          pickleImportScan: {
            status: "unsafe",
            pickleImports: [{ module: "builtins", name: "eval", safety: "dangerous" }],
          },
        },
        "model_broken_X.pkl": "unsafe",
        "build_pickles.py": "caution",
      },
    },
  );
  const quantization = { group_size: 64, bits: 4 };
  for (const name of ["Qwen3.5-9B-4bit", "Qwen3.5-9B-MLX-4bit", "Qwen3.5-2B-4bit"]) {
    await hub.addRepo(`mlx-community/${name}`, {
      "README.md":
        "---\nlibrary_name: mlx\npipeline_tag: text-generation\nbase_model: Qwen/Qwen3.5-9B\n---\n",
      "config.json": JSON.stringify({
        architectures: ["Qwen3_5ForConditionalGeneration"],
        model_type: "qwen3_5",
        quantization,
        quantization_config: quantization,
      }),
      "model.safetensors": safetensors(),
    });
  }
  const shards = Array.from({ length: 1001 }, (_, i) => [`en/c4-train.${i}.json`, "x"] as const);
  await hub.addRepo("allenai/c4", Object.fromEntries(shards), { repoType: "dataset" });
  return hub;
}

/** A header that says one tensor of 16 numbers, and their bytes. */
function safetensors(): Uint8Array {
  const header = Buffer.from('{"w":{"dtype":"F32","shape":[16],"data_offsets":[0,64]}}');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.byteLength));
  return new Uint8Array(Buffer.concat([length, header, Buffer.alloc(64)]));
}
