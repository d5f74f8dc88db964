import { moduleTensors, wordsOf } from "../mlx-lm/find-tensors.ts";
import type { TensorFinding } from "../model/tensor-finding.ts";
import { type ComparedTensors, extra, knownNames, layerLeaf, short } from "./expected-tensors.ts";

/** Packings of other tools, by the names of their tensors. */
const FOREIGN =
  /\.(?:weight_packed|weight_scale(?:_inv|_2)?|weight_zero_point|weight_shape|weight_g_idx|g_idx|input_scale|absmax|quant_map|nested_absmax|SCB|weight_format|qweight|qzeros|quant_state\.\w+)$/;

/** Packed weights that neither `load_model` nor the module unpacks. */
export function unpackedFindings({
  expected,
  names,
  key,
}: ComparedTensors): readonly TensorFinding[] {
  const unpacks = wordsOf((moduleTensors(key) ?? expected).unpacks);
  const found = [...names.all].find(
    (name) => FOREIGN.test(name) && !names.isTransformed(name) && !isUnpacked(name, unpacks),
  );
  return found === undefined
    ? []
    : [extra(`mlx-lm does not unpack weights that come with ${last(found)} (${short(found)})`)];
}

const isUnpacked = (name: string, unpacks: readonly string[]): boolean =>
  (unpacks.includes("fp8") && name.endsWith(".weight_scale_inv")) ||
  (unpacks.includes("packed") && /\.weight_(?:packed|scale|shape)$/.test(name)) ||
  (unpacks.includes("modelopt") && /\.(?:weight_scale|weight_scale_2|input_scale)$/.test(name));

const last = (name: string): string => name.slice(name.lastIndexOf(".") + 1);

/** Tensors that the module neither has nor drops. */
export function extraFindings(model: ComparedTensors): readonly TensorFinding[] {
  const { expected, names } = model;
  // A module that translates names may drop unknown ones. It does not where MLX itself wrote the weights.
  if (expected.prefix === undefined || (expected.renames === true && !names.isMlx)) return [];
  const dropped = wordsOf(expected.dropped);
  if (dropped.includes("other") && dropped.includes("stray")) return [];
  const root = expected.prefix.slice(0, expected.prefix.indexOf(".") + 1);
  const known = knownNames(model);
  const parts = dropped.filter((word) => !SETTINGS.has(word));
  for (const name of names.unpacked) {
    if (known.has(layerLeaf(name, expected.prefix)?.leaf ?? name) || FOREIGN.test(name)) continue;
    if (parts.some((part) => name.startsWith(`${part}.`))) continue;
    if (dropped.includes("rotary") && name.endsWith(".rotary_emb.inv_freq")) continue;
    if (dropped.includes(name.startsWith(root) ? "other" : "stray")) continue;
    return [extra(`mlx-lm's module has no ${short(name)}`)];
  }
  return [];
}

// Words of the list that are no beginnings of names.
const SETTINGS: ReadonlySet<string> = new Set([
  "other",
  "stray",
  "rotary",
  "layers",
  "layer61",
  "head",
]);
