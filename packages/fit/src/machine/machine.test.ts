import { describe, expect, test } from "vitest";
import { assumedWiredLimit, type Machine, parseMemorySize, simulateMachine } from "./machine.ts";
import { machineFromFacts } from "./machine-facts.ts";

const GIB = 2 ** 30;

const mac = {
  platform: "darwin",
  arch: "arm64",
  memoryBytes: 64 * GIB,
  sysctl: [
    "hw.memsize: 68719476736",
    "machdep.cpu.brand_string: Apple M4 Max",
    "iogpu.wired_limit_mb: 0",
    "kern.memorystatus_vm_pressure_level: 1",
  ].join("\n"),
  vmStat: [
    "Mach Virtual Memory Statistics: (page size of 16384 bytes)",
    "Pages free:                             1000.",
    "Pages active:                           9999.",
    "Pages inactive:                          200.",
    "Pages speculative:                        30.",
    "Pages purgeable:                           4.",
  ].join("\n"),
  productVersion: "26.2\n",
};

describe("machineFromFacts", () => {
  test("takes everything that macOS says", () => {
    expect(machineFromFacts(mac)).toEqual({
      chip: "Apple M4 Max",
      memoryBytes: 64 * GIB,
      wiredLimitBytes: 48 * GIB,
      limitSource: "assumed",
      bandwidth: { low: 410e9, high: 546e9 },
      macOS: "26.2",
      pressure: "normal",
      availableBytes: 1234 * 16_384,
      isTarget: true,
      simulated: false,
    } satisfies Machine);
  });

  test("believes a limit that root has set before anything else", () => {
    const sysctl = mac.sysctl.replace("wired_limit_mb: 0", "wired_limit_mb: 57344");
    const machine = machineFromFacts({ ...mac, sysctl, workingSetBytes: 50 * GIB });
    expect(machine).toMatchObject({ wiredLimitBytes: 56 * GIB, limitSource: "live" });
  });

  test("believes MLX before the rule of thumb", () => {
    const machine = machineFromFacts({ ...mac, workingSetBytes: 55_662_776_320 });
    expect(machine).toMatchObject({ wiredLimitBytes: 55_662_776_320, limitSource: "device_info" });
  });

  test("does not call a Linux machine a target", () => {
    const machine = machineFromFacts({
      platform: "linux",
      arch: "x64",
      memoryBytes: 1,
      processor: "Some Processor",
      meminfo: "MemTotal:       16384000 kB\nMemFree: 1 kB\nMemAvailable:    8192000 kB\n",
    });
    expect(machine).toMatchObject({
      chip: "Some Processor",
      memoryBytes: 16_384_000 * 1024,
      availableBytes: 8_192_000 * 1024,
      limitSource: "assumed",
      bandwidth: null,
      macOS: null,
      isTarget: false,
    });
  });

  test("takes no nonsense", () => {
    const machine = machineFromFacts({
      ...mac,
      sysctl: "hw.memsize: many\niogpu.wired_limit_mb: 99999999\nkern: 7",
      vmStat: "???",
      productVersion: "sw_vers: not found",
      workingSetBytes: Number.NaN,
    });
    expect(machine).toMatchObject({
      memoryBytes: 64 * GIB,
      // More than there is cannot be meant.
      wiredLimitBytes: 64 * GIB,
      chip: null,
      macOS: null,
      pressure: null,
      availableBytes: null,
    });
  });
});

describe("simulateMachine", () => {
  const linux = machineFromFacts({ platform: "linux", arch: "x64", memoryBytes: 8 * GIB });

  test("imagines a Mac anywhere, and says so", () => {
    expect(simulateMachine(linux, { memory: "64G", chip: "m4-max" })).toMatchObject({
      chip: "Apple M4 Max",
      memoryBytes: 64 * GIB,
      wiredLimitBytes: 48 * GIB,
      limitSource: "assumed",
      isTarget: true,
      simulated: true,
    });
    expect(simulateMachine(linux, {})).toBe(linux);
  });

  test("keeps this Mac's limit when only the chip is another", () => {
    const here = machineFromFacts({ ...mac, workingSetBytes: 50 * GIB });
    expect(simulateMachine(here, { chip: "Apple M3 Ultra" })).toMatchObject({
      wiredLimitBytes: 50 * GIB,
      limitSource: "device_info",
      chip: "Apple M3 Ultra",
    });
  });

  test("refuses chips and amounts that nobody knows", () => {
    for (const wrong of [{ chip: "m9" }, { memory: "lots" }, { memory: "64K" }, { memory: "0" }]) {
      expect(() => simulateMachine(linux, wrong)).toThrow(
        expect.objectContaining({ code: "fit/invalid-option" }),
      );
    }
  });
});

test("memory is read as Macs are sold", () => {
  for (const text of ["64G", "64 GB", "64GiB", "64", "65536M", "65536 MiB"]) {
    expect(parseMemorySize(text)).toBe(64 * GIB);
  }
});

test("the assumed limit is two thirds of a small memory and three quarters of a large one", () => {
  expect(assumedWiredLimit(16 * GIB)).toBe(Math.floor((32 / 3) * GIB));
  expect(assumedWiredLimit(36 * GIB)).toBe(27 * GIB);
  expect(assumedWiredLimit(96 * GIB)).toBe(72 * GIB);
});
