import { wordsOf } from "../mlx-lm/find-tensors.ts";
import { field } from "../model/json-value.ts";
import { countField } from "../model/model-config.ts";
import type { TensorFinding, TensorLook } from "../model/tensor-finding.ts";
import {
  type ComparedTensors,
  comparedTensors,
  type ExpectedBy,
  extra,
  isForeign,
  knownTensors,
  layerLeaf,
  missing,
  nameOf,
  short,
} from "./expected-tensors.ts";
import { extraFindings, unpackedFindings } from "./extra-tensors.ts";
import { feedForwardFindings } from "./feed-forward.ts";
import { missingFindings } from "./missing-tensors.ts";
import { overrideFindings, packedFindings } from "./packed-tensors.ts";
import { dimensionsFit, dimensionValues, type DimensionValues } from "./tensor-dimensions.ts";
import type { TensorNames } from "./tensor-names.ts";

const MAX_FINDINGS = 4;

/**
 * Finds reasons why mlx-lm cannot load these tensors into the configured model. mlx-lm loads strictly: every tensor
 * must be there, have its shape, and be wanted. Finds nothing where the module's tensors are not known, or the weights
 * carry the names of another tool, which the module translates itself.
 */
export function lookAtTensors(names: TensorNames, by: ExpectedBy): TensorLook {
  if (names.all.size === 0) return { findings: names.unreadable, complete: false };
  const packed = [
    ...names.unreadable,
    ...overrideFindings(names, by.configured),
    ...packedFindings(names, by.configured),
  ];
  const expected = by.expected ?? knownTensors(by.module);
  if (expected === undefined) return { findings: packed, complete: false };
  const model = comparedTensors(names, by, expected);
  // Names of another tool are translated. A missing tensor may then only have another name.
  const translated = expected.renames === true && !names.isMlx && isForeign(model);
  const { nullHeads = false } = expected;
  const findings = [
    ...packed,
    ...unpackedFindings(model),
    ...layerCountFindings(model),
    ...layerTypeFindings(model),
    ...(translated ? [] : missingFindings(model)),
    ...shapeFindings(model, dimensionValues(model.values, { key: model.argumentsKey, nullHeads })),
    ...feedForwardFindings(model),
    ...extraFindings(model),
  ];
  return { findings: findings.slice(0, MAX_FINDINGS), complete: !translated };
}

function layerCountFindings({
  layers,
  expected,
  byLayer,
}: ComparedTensors): readonly TensorFinding[] {
  if (layers === null || byLayer.size === 0) return [];
  const most = Math.max(...byLayer.keys()) + 1;
  if (most < layers) {
    return [missing(`config.json says ${layers} layers, the weights have ${most}`)];
  }
  const dropped = wordsOf(expected.dropped);
  const surplus = [...byLayer.keys()].filter(
    (index) => index >= layers && !(index === 61 && dropped.includes("layer61")),
  );
  return surplus.length === 0 || dropped.includes("layers")
    ? []
    : [extra(`config.json says ${layers} layers, the weights have ${most}`)];
}

/** Transformers, which reads the config for the tokenizer, wants one type a layer. */
function layerTypeFindings({ values }: ComparedTensors): readonly TensorFinding[] {
  const types = field(values, "layer_types");
  const layers = countField(values, "num_hidden_layers");
  if (!Array.isArray(types) || layers === undefined || types.length === layers) return [];
  return [missing(`config.json says ${layers} layers, and ${types.length} layer_types`)];
}

function shapeFindings(
  { expected, names }: ComparedTensors,
  values: DimensionValues,
): readonly TensorFinding[] {
  const words = [expected.once, expected.layer, expected.some].flatMap(wordsOf);
  const letters = new Map(words.map((word) => [nameOf(word), word.slice(nameOf(word).length + 1)]));
  if (expected.head !== undefined) letters.set(expected.head, "VH");
  for (const [name, shapes] of names.shapes) {
    const leaf = expected.prefix === undefined ? undefined : layerLeaf(name, expected.prefix)?.leaf;
    const dimensions = letters.get(leaf ?? name);
    if (dimensions === undefined) continue;
    if (shapes.some((shape) => dimensionsFit(shape, dimensions, values))) continue;
    const message = `${short(name)} is ${(shapes[0] ?? []).join(" × ")}, which does not agree with config.json`;
    return [{ code: "tensor-shapes", message }];
  }
  return [];
}
