import { countField, type ModelConfig } from "../model/model-config.ts";
import type { TensorFinding, TensorLook } from "../model/tensor-finding.ts";
import { missing, short } from "./expected-tensors.ts";
import type { TensorNames } from "./tensor-names.ts";

/** Language models and encoders: not the towers that see and hear. */
const LAYER =
  /^(?!.*(?:vision|visual|audio|image|speech))(.*?\b(?:layers?|h|blocks))\.(\d+)\.(.+)$/;
const EMBEDDING = /(?:^|\.)(?:embed_tokens|word_embeddings|tok_embeddings|wte)\.weight$/;

/**
 * The points in which a config and tensors of any architecture must agree: as many layers, the vocabulary, and no layer that
 * alone lacks a tensor. For architectures whose tensors are not known.
 */
export function generalLook(names: TensorNames, { root, text }: ModelConfig): TensorLook {
  if (names.all.size === 0) return { findings: names.unreadable, complete: false };
  const findings = [
    ...names.unreadable,
    ...layerFindings(names, countField(text, "num_hidden_layers")),
    ...vocabularyFindings(names, countField(text, "vocab_size") ?? countField(root, "vocab_size")),
  ];
  return { findings, complete: findings.length === 0 };
}

function layerFindings(
  { unpacked }: TensorNames,
  said: number | undefined,
): readonly TensorFinding[] {
  const stacks = new Map<string, Map<number, Set<string>>>();
  for (const name of unpacked) {
    const [, stack = "", index = "", leaf = ""] = LAYER.exec(name) ?? [];
    if (leaf === "") continue;
    const layers = stacks.get(stack) ?? new Map<number, Set<string>>();
    stacks.set(stack, layers);
    layers.set(Number(index), (layers.get(Number(index)) ?? new Set()).add(leaf));
  }
  const [longest] = [...stacks.values()].toSorted((a, b) => b.size - a.size);
  if (longest === undefined) return [];
  if (said !== undefined && stacks.size === 1 && longest.size < said) {
    return [missing(`config.json says ${said} layers, the weights have ${longest.size}`)];
  }
  return unlikeNeighbours(longest);
}

/** A layer that lacks a tensor of every other one, where nothing else differs. */
function unlikeNeighbours(
  layers: ReadonlyMap<number, ReadonlySet<string>>,
): readonly TensorFinding[] {
  const kinds = new Map<string, { readonly at: number[]; readonly leaves: ReadonlySet<string> }>();
  for (const [index, leaves] of layers) {
    const key = [...leaves].toSorted().join(" ");
    const kind = kinds.get(key) ?? { at: [], leaves };
    kind.at.push(index);
    kinds.set(key, kind);
  }
  const [few, many] = [...kinds.values()].toSorted((a, b) => a.leaves.size - b.leaves.size);
  // A first layer without its norm is a design.
  if (kinds.size !== 2 || !few || !many || few.at.length !== 1 || few.at[0] === 0) return [];
  const lacking = [...many.leaves].filter((leaf) => !few.leaves.has(leaf));
  return few.leaves.isSubsetOf(many.leaves) && lacking.length === 1
    ? [missing(`layer ${few.at[0]} of the weights lacks ${lacking[0]}`)]
    : [];
}

function vocabularyFindings(
  { shapes }: TensorNames,
  said: number | undefined,
): readonly TensorFinding[] {
  if (said === undefined) return [];
  for (const [name, [shape]] of shapes) {
    if (!EMBEDDING.test(name) || shape === undefined || shape[0] === said) continue;
    const message = `${short(name)} is ${shape.join(" × ")}, and config.json says ${said} words`;
    return [{ code: "tensor-shapes", message }];
  }
  return [];
}
