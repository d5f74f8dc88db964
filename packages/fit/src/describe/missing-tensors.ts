import { wordsOf } from "../mlx-lm/find-tensors.ts";
import { field } from "../model/json-value.ts";
import { countField } from "../model/model-config.ts";
import type { TensorFinding } from "../model/tensor-finding.ts";
import { type ComparedTensors, extra, missing, nameOf, pathOf } from "./expected-tensors.ts";
import { isTied } from "./tied-embeddings.ts";

const MOST_FINDINGS = 4;
const MOST_LAYERS = 10_000;

/** Tensors that the module wants and the weights lack, and those that only another setting would bring. */
export function missingFindings(model: ComparedTensors): readonly TensorFinding[] {
  const { expected, names, layers, byLayer } = model;
  const optional = wordsOf(expected.optional);
  const findings: TensorFinding[] = [];
  for (const name of wordsOf(expected.once).map(nameOf)) {
    if (!names.unpacked.has(name) && !optional.includes(name)) {
      findings.push(missing(`the weights lack ${name}`));
    }
  }
  const always = wordsOf(expected.layer).map(nameOf);
  for (let index = 0; index < Math.min(layers ?? 0, MOST_LAYERS); index += 1) {
    const leaves = byLayer.get(index);
    const lacking = always.find((leaf) => leaves?.has(leaf) !== true);
    if (lacking === undefined) continue;
    findings.push(missing(`layer ${index} of the weights lacks ${lacking}`));
    if (findings.length >= MOST_FINDINGS) break;
  }
  if (findings.length > 0) return findings;
  return [
    ...switchFindings(model),
    ...partFindings(model),
    ...headFindings(model),
    ...valueFindings(model),
  ];
}

/** Tensors that a switch of the config brings or keeps away. */
function switchFindings({ expected, values, byLayer }: ComparedTensors): readonly TensorFinding[] {
  for (const word of wordsOf(expected.flags)) {
    const colon = word.indexOf(":");
    const [, name = "", off, on] = /^(\w+)(!)?(=1)?$/.exec(word.slice(0, colon)) ?? [];
    const value = field(values, name);
    const isOn = value === undefined ? on !== undefined : Boolean(value);
    const wanted = isOn === (off === undefined);
    for (const leaf of word.slice(colon + 1).split(",")) {
      const weight = leaf.endsWith(".bias") ? `${pathOf(leaf)}.weight` : leaf;
      for (const [index, leaves] of byLayer) {
        if (wanted && !leaves.has(leaf) && (weight === leaf || leaves.has(weight))) {
          return [
            missing(`layer ${index} of the weights lacks ${leaf}, with ${name} ${state(isOn)}`),
          ];
        }
        if (!wanted && leaves.has(leaf)) {
          return [extra(`layer ${index} of the weights has ${leaf}, with ${name} ${state(isOn)}`)];
        }
      }
    }
  }
  return [];
}

const state = (isOn: boolean): string => (isOn ? "on" : "off");

/** A layer with a part of something that comes whole, or without any of the parts that layers have. */
function partFindings({ expected, byLayer }: ComparedTensors): readonly TensorFinding[] {
  const groups = wordsOf(expected.together).map((word) => word.split(","));
  const kinds = wordsOf(expected.kinds).map((word) => word.split("+"));
  for (const [index, leaves] of byLayer) {
    for (const group of groups) {
      const lacking = group.filter((leaf) => !leaves.has(leaf));
      if (lacking.length > 0 && lacking.length < group.length) {
        return [missing(`layer ${index} of the weights lacks ${lacking[0]}`)];
      }
    }
    if (kinds.length === 0) continue;
    const parts = new Set([...leaves].map((leaf) => leaf.slice(0, leaf.indexOf("."))));
    if (kinds.some((kind) => kind.every((part) => parts.has(part)))) continue;
    return [missing(`layer ${index} of the weights lacks ${kinds[0]?.join(" and ")}`)];
  }
  return [];
}

function headFindings({ expected, names, values, config }: ComparedTensors) {
  const { head } = expected;
  if (head === undefined) return [];
  const tied = isTied(values, config.root, expected.tied === true);
  const has = names.unpacked.has(head);
  if (tied && has && !wordsOf(expected.dropped).includes("head")) {
    return [extra(`config.json ties the embeddings, and the weights have ${head}`)];
  }
  if (!tied && !has && !wordsOf(expected.optional).includes(head)) {
    return [missing(`config.json does not tie the embeddings, and the weights lack ${head}`)];
  }
  return [];
}

const GEMMA4_PATTERN = 5;

/** Gemma 4 takes the keys for values where it is told so, and in layers that keep everything alone. */
function valueFindings({ key, values, byLayer }: ComparedTensors): readonly TensorFinding[] {
  if (key !== "gemma4_text") return [];
  const isShared = Boolean(field(values, "attention_k_eq_v"));
  const types = field(values, "layer_types");
  const pattern = countField(values, "sliding_window_pattern") ?? GEMMA4_PATTERN;
  for (const [index, leaves] of byLayer) {
    const isSliding = Array.isArray(types)
      ? types[index] === "sliding_attention"
      : index % pattern !== pattern - 1;
    if (isShared && !isSliding) continue;
    if (leaves.has("self_attn.k_proj.weight") && !leaves.has("self_attn.v_proj.weight")) {
      return [missing(`layer ${index} of the weights lacks self_attn.v_proj.weight`)];
    }
  }
  return [];
}
