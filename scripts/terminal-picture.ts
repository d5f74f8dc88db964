// pnpm docs:picture: runs the built command on a pseudo-terminal (script(1)) against a Hub on this machine, and draws
// what the terminal showed on the way and in the end as docs/terminal.svg.
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTestHub } from "@mlx-download/hub-server/testing";
import { film } from "./film.ts";

const repoId = "mlx-community/Qwen3-0.6B-4bit";
const columns = 80;
const root = fileURLToPath(new URL("..", import.meta.url));

const hub = await startTestHub();
const home = await mkdtemp(join(tmpdir(), "mlx-download-picture-"));
const weights = join(home, "weights");
await writeWeights(weights);
await hub.addRepo(repoId, {
  "config.json": JSON.stringify({
    architectures: ["Qwen3ForCausalLM"],
    model_type: "qwen3",
    hidden_size: 1024,
    num_hidden_layers: 28,
    intermediate_size: 3072,
    num_attention_heads: 16,
    num_key_value_heads: 8,
    head_dim: 128,
    rms_norm_eps: 1e-6,
    vocab_size: 151_936,
    max_position_embeddings: 40_960,
    rope_theta: 1_000_000,
    tie_word_embeddings: true,
    quantization: { bits: 4, group_size: 64 },
  }),
  "tokenizer.json": { size: 11_400_000, seed: 3 },
  "tokenizer_config.json": "{}",
  "model.safetensors": { path: weights },
});
hub.faults.add({ on: "cdn", kind: "slow", bytesPerSecond: 6_000_000 });

/** A sound safetensors file of 335 MB, nearly all of it a hole. */
async function writeWeights(path: string): Promise<void> {
  const tensors = 335_000_000;
  const header = JSON.stringify({
    __metadata__: { format: "mlx" },
    "model.embed_tokens.weight": {
      dtype: "U32",
      shape: [tensors / 4 / 125, 125],
      data_offsets: [0, tensors],
    },
  });
  const padded = header.padEnd(Math.ceil((8 + header.length) / 8) * 8 - 8);
  const start = Buffer.alloc(8 + padded.length, padded, "utf8");
  start.writeBigUInt64LE(BigInt(padded.length));
  start.write(padded, 8);
  await writeFile(path, start);
  await truncate(path, start.length + tensors);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** One row, its label and its bar in colour. */
function row(text: string): string {
  const label =
    /^(?:Resolved|Fits|Plan|Fetching|Stopped(?= {2})|Next:|✓|\$)/u.exec(text)?.[0] ?? "";
  const kind = label === "✓" ? "good" : label === "$" ? "prompt" : "label";
  const rest = escaped(text.slice(label.length))
    .replaceAll(/═+/gu, (part) => `<tspan class="here">${part}</tspan>`)
    .replaceAll(/━+╸?/gu, (part) => `<tspan class="good">${part}</tspan>`)
    .replaceAll(/─+/gu, (part) => `<tspan class="quiet">${part}</tspan>`);
  return label === "" ? rest : `<tspan class="${kind}">${label}</tspan>${rest}`;
}

function svg(rows: readonly string[]): string {
  const [line, left] = [20, 16];
  const height = rows.length * line + 2 * left;
  const texts = rows.map(
    (text, at) =>
      `<text x="${left}" y="${left + 14 + at * line}" xml:space="preserve">${row(text)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${columns * 8.43 + 2 * left} ${height}" role="img" aria-label="mlx-download on a terminal: stopped, resumed, verified">
<style>
  rect { fill: #16181d }
  text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #d8dbe2 }
  .label { fill: #7aa2f7; font-weight: 600 } .prompt, .quiet { fill: #6b7280 } .good { fill: #7fc97f } .here { fill: #56b6c2 }
</style>
<rect width="100%" height="100%" rx="10"/>
${texts.join("\n")}
</svg>
`;
}

try {
  const first = await film(
    repoId,
    { wanted: /Fetching +[45]\d%/u, seen: (type) => type("\u0003") },
    { hub, home, columns },
  );
  const second = await film(repoId, { wanted: /Fetching +[89]\d%/u }, { hub, home, columns });
  const shortened = (rows: readonly string[]): string[] =>
    rows
      .map((text) => text.replaceAll(home, "~/.cache/huggingface"))
      .filter((text) => text !== "^C")
      // As the terminal breaks what is longer than a row.
      .flatMap((text) => text.match(/.{1,80}/gu) ?? [""]);
  const rows = [
    `$ mlx-download ${repoId}`,
    ...shortened(first.end),
    "",
    `$ mlx-download ${repoId}`,
    ...shortened(second.onTheWay),
    "",
    ...shortened(second.end).filter((text) => !shortened(second.onTheWay).includes(text)),
  ];
  await writeFile(join(root, "docs/terminal.svg"), svg(rows));
  process.stdout.write(`${rows.join("\n")}\n`);
} finally {
  await hub.close();
  await rm(home, { recursive: true, force: true });
}
