// Compiles the kernel: node packages/xet/kernel/compile.ts. The result is committed as src/kernel/kernel-wasm.ts, so that
// source runs without a build; a test compiles it again and compares.
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import asc from "assemblyscript/asc";
import { blake3Rounds } from "./blake3-rounds.ts";

const flags = [
  "-O3",
  "--noAssert",
  "--runtime",
  "stub",
  "--importMemory",
  "--sharedMemory",
  "--initialMemory",
  "3",
  "--maximumMemory",
  "65536",
  "--enable",
  "simd,bulk-memory,threads",
];

/** Compiles `assembly/kernel.ts`; the same source gives the same bytes on every machine. Throws what the compiler says. */
export async function compileKernel(): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  let said = "";
  const { error } = await asc.main(["kernel.ts", "--outFile", "kernel.wasm", ...flags], {
    stderr: { write: (text: string | Uint8Array) => void (said += String(text)) },
    readFile(name) {
      if (name === "blake3-rounds.ts") return blake3Rounds;
      try {
        return readFileSync(new URL(`assembly/${name}`, import.meta.url), "utf8");
      } catch {
        // The compiler tries several names for a module.
        return null;
      }
    },
    writeFile(_name, contents) {
      if (typeof contents !== "string") binary = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined) {
    throw new Error(`the kernel does not compile: ${said}`, { cause: error });
  }
  return binary;
}

if (import.meta.main) {
  const binary = await compileKernel();
  const text = deflateRawSync(binary, { level: 9 }).toString("base64");
  const target = fileURLToPath(new URL("../src/kernel/kernel-wasm.ts", import.meta.url));
  await writeFile(
    target,
    `// Written by kernel/compile.ts.\n\n/** The kernel, ${binary.byteLength} bytes of WebAssembly, deflated, in base64. */\nexport const KERNEL_WASM =\n  "${text}";\n`,
  );
}
