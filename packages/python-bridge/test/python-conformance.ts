import { pythonEnv } from "@mlx-download/test-utils";
import { afterAll, describe } from "vitest";
import { PythonBackend } from "../src/index.ts";
import { testBackend } from "./conformance.ts";

/** Runs the suite over the Python client of one environment, with and without hf_xet. */
export function testPython(name: "hub-2.4.0" | "hub-1.33.0" | "hub-0.34.6"): void {
  const env = pythonEnv(name);
  for (const xet of ["on", "off"]) {
    describe.skipIf(!env)(`Python with huggingface_hub of ${name}, hf_xet ${xet}`, () => {
      const backend = new PythonBackend({
        python: env?.python,
        env: {
          PATH: process.env["PATH"],
          HF_HOME: "/nonexistent",
          HF_HUB_DISABLE_TELEMETRY: "1",
          ...(xet === "off" && { HF_HUB_DISABLE_XET: "1" }),
        },
      });
      afterAll(() => backend.close());
      testBackend(() => backend);
    });
  }
}
