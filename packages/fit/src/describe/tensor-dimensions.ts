import { settingDefault, takesSetting } from "../mlx-lm/model-arguments.ts";
import { type JsonObject, field } from "../model/json-value.ts";
import { countField } from "../model/model-config.ts";

/** Values of a config by the letters of `MLX_LM_TENSORS`. Undefined where the config does not say. */
export type DimensionValues = Readonly<Record<string, number | undefined>>;

/** Reads the values that tensors' dimensions follow, those of the module where the config does not say. */
export function dimensionValues(
  values: JsonObject,
  { key, nullHeads = false }: { readonly key: string; readonly nullHeads?: boolean },
): DimensionValues {
  const count = (...names: readonly string[]): number | undefined => {
    const taken = names.filter((name) => takesSetting(key, name) !== false);
    const given = taken.filter((name) => field(values, name) !== undefined);
    if (given.length === 0) {
      return taken
        .map((name) => settingDefault(key, name))
        .find((found) => found !== undefined && found > 0);
    }
    return given.map((name) => countField(values, name)).find((found) => found !== undefined);
  };
  const heads = count("num_attention_heads");
  const hidden = count("hidden_size");
  // An explicit null hides the value that would follow from other settings, unless the module says which.
  const keyHeads = field(values, "num_key_value_heads");
  const kv =
    keyHeads === undefined
      ? (count("num_key_value_heads") ?? heads)
      : keyHeads === null && nullHeads
        ? heads
        : count("num_key_value_heads");
  const shared =
    heads !== undefined && hidden !== undefined ? Math.floor(hidden / heads) : undefined;
  const dim = count("head_dim") ?? shared;
  const wide = count("global_head_dim");
  // Gemma 4: layers whose values are their keys have key heads of their own number.
  const sameValues = field(values, "attention_k_eq_v") === true;
  const times = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined || b === undefined ? undefined : a * b;
  const all = heads === undefined || kv === undefined ? undefined : heads + 2 * kv;
  return {
    U: times(heads, wide),
    u: times((sameValues ? count("num_global_key_value_heads") : undefined) ?? kv, wide),
    g: wide,
    F: times(all, dim),
    P: times(times(heads, dim), 2),
    L: times(heads, sumOf(count("qk_nope_head_dim"), count("qk_rope_head_dim"))),
    G: times(2, count("intermediate_size")),
    d: shared,
    f: times(all, shared),
    k: times(kv, shared),
    V: count("vocab_size"),
    H: hidden,
    I: count("intermediate_size"),
    M: count("moe_intermediate_size"),
    E: count("num_experts", "n_routed_experts", "num_local_experts"),
    Q: times(heads, dim),
    K: times(kv, dim),
    D: dim,
  };
}

const sumOf = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b;

/** Whether a shape is that of its letters, or of one of several with `|`. An unknown dimension fits. */
export function dimensionsFit(
  shape: readonly number[],
  letters: string,
  values: DimensionValues,
): boolean {
  if (letters === "*") return true;
  if (letters.includes("|")) {
    return letters.split("|").some((one) => dimensionsFit(shape, one, values));
  }
  if (shape.length !== letters.length) return false;
  return shape.every((size, at) => {
    const wanted = values[letters[at] ?? "?"];
    return wanted === undefined || size === wanted;
  });
}
