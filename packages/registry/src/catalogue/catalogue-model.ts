/** A model as the catalogue knows it. Bytes and counts are integers, times are ms since 1970. Null: not known. */
export interface CatalogueModel {
  /** The Hub's own id, 24 hex digits: stays when the name changes. */
  readonly hubId: string;
  readonly repoId: string;
  /** Downloads in the last 30 days. */
  readonly downloads: number;
  readonly likes: number;
  readonly trending: number;
  readonly createdAt: number | null;
  readonly modifiedAt: number | null;
  /** The commit of its main branch. */
  readonly commit: string | null;
  /** Bits a weight as the name or a tag says. 16 and more are not quantized. */
  readonly bits: number | null;
  /** As the name says it: `4bit`, `mxfp4`, `4bit-dwq`. */
  readonly quantization: string | null;
  readonly parameters: number | null;
  /** An estimate, see `weightsSource`. */
  readonly weightsBytes: number | null;
  /** Whether tensor counts or the name alone stand behind `weightsBytes`. */
  readonly weightsSource: "counts" | "name" | null;
  readonly license: string | null;
  /** The Hub's pipeline tag. */
  readonly task: string | null;
  readonly library: string | null;
  /** The model type, where a tag names one that mlx-lm knows. */
  readonly arch: string | null;
  /** The model that it is a variant of: the repo that a tag names, else its own name without the quantization. */
  readonly base: string | null;
  readonly gated: "auto" | "manual" | null;
  readonly private: boolean;
  /** Tags that say more than the fields above. */
  readonly tags: readonly string[];
}
