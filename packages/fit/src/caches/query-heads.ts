import { field, type JsonObject, objectField } from "../model/json-value.ts";
import { countField } from "../model/model-config.ts";

// The names of the number of query heads in configs, the usual name first.
const HEADS = ["num_attention_heads", "n_head", "num_heads", "n_heads"];

/**
 * The most query heads of any layer of one kind. Few modules give each kind of layer, or each layer, a number of its own.
 * Undefined where the config gives none.
 */
export function queryHeads(values: JsonObject, windowed: boolean): number | undefined {
  const usual = HEADS.map((name) => countField(values, name)).find((count) => count !== undefined);
  const own = windowed
    ? (countField(values, "swa_num_attention_heads") ??
      countField(values, "num_swa_attention_heads") ??
      countField(objectField(values, "attention_other_setting"), "num_attention_heads"))
    : undefined;
  return own ?? mostOf(values, windowed) ?? usual;
}

/** By layer: `num_attention_heads_per_layer` of laguna beside its `layer_types`, `num_query_heads` of openelm. */
function mostOf(values: JsonObject, windowed: boolean): number | undefined {
  const heads = field(values, "num_attention_heads_per_layer") ?? field(values, "num_query_heads");
  if (!Array.isArray(heads)) return undefined;
  const types = field(values, "layer_types");
  const counts = heads.filter(
    (count, index): count is number =>
      Number.isSafeInteger(count) &&
      (!Array.isArray(types) || (types[index] === "sliding_attention") === windowed),
  );
  return counts.length === 0 ? undefined : Math.max(...counts);
}
