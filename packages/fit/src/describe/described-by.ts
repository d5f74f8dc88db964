import { MLX_LM_TABLE } from "../mlx-lm/table.ts";

// Raised when the same files are described otherwise than before.
const EDITION = 2;

/** The maker of a description: one that names another maker is made again. */
export const DESCRIBED_BY: string = `${EDITION}, mlx-lm ${MLX_LM_TABLE.mlxLmVersion}`;
