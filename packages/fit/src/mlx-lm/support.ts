/** The models that one release of mlx-lm can load. */
export interface MlxLmSupport {
  readonly mlxLmVersion: string;
  /** The mlx release that it was asked with. */
  readonly mlxVersion: string;
  /** The modules of `mlx_lm/models` that run a model. */
  readonly modules: readonly string[];
  /** Modules that want another Python package installed first. */
  readonly needsMore: readonly string[];
  /** `model_type` → module, where they differ. */
  readonly remapping: Readonly<Record<string, string>>;
  /** The same for a `model_type` together with an entry of `architectures`. */
  readonly architectureRemapping: readonly {
    readonly modelType: string;
    readonly architecture: string;
    readonly module: string;
  }[];
  /** The quantization modes that its mlx takes. Without an inspected mlx, the mode's first release decides. */
  readonly quantizationModes?: readonly string[];
  /** False: this mlx-lm and this mlx do not agree on how packed experts are multiplied. Absent where no installation was inspected. */
  readonly packedExperts?: boolean;
  /** The Python that was inspected. Absent in the table that this package brings. */
  readonly python?: string;
}

/** The module that mlx-lm's loader picks for a config. Undefined when it has none. */
export function mlxLmModule(
  modelType: string,
  architectures: readonly string[],
  support: MlxLmSupport,
): string | undefined {
  const { modules, needsMore, remapping, architectureRemapping } = support;
  const byArchitecture = architectures
    .map((architecture) =>
      architectureRemapping.find(
        (entry) => entry.modelType === modelType && entry.architecture === architecture,
      ),
    )
    .find((entry) => entry !== undefined);
  const renamed = Object.hasOwn(remapping, modelType) ? remapping[modelType] : undefined;
  const module = byArchitecture?.module ?? renamed ?? modelType;
  return modules.includes(module) || needsMore.includes(module) ? module : undefined;
}
