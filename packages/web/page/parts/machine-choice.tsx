import { signal } from "@preact/signals";
import type { JSX } from "preact";
import type { MachineFacts } from "../../src/contract.ts";
import { useAnswer } from "../state/use-answer.ts";
import { memoryText } from "../text/format.ts";

const memories = [8, 16, 18, 24, 32, 36, 48, 64, 96, 128, 192, 256, 512];

/** The Mac that is imagined, kept for the tab. Empty: this machine, and a chip that is not named. */
const memory = signal(sessionStorage.getItem("memory") ?? "");
const chip = signal(sessionStorage.getItem("chip") ?? "");

/** Adds the imagined Mac to a question. */
export function addMachine(asked: URLSearchParams): URLSearchParams {
  if (memory.value !== "") asked.set("memory", memory.value);
  if (memory.value !== "" && chip.value !== "") asked.set("chip", chip.value);
  return asked;
}

/** Chooses this Mac or another one. `machine` is the one that was judged for. */
export function MachineChoice({
  machine,
}: {
  readonly machine: MachineFacts | undefined;
}): JSX.Element {
  const isOther = memory.value !== "";
  const chips = useAnswer<readonly string[]>(isOther ? "chips" : undefined).value ?? [];
  const choose = (what: typeof memory, name: string, value: string): void => {
    what.value = value;
    sessionStorage.setItem(name, value);
  };
  return (
    <div class="fields">
      <label class="field">
        Judge for
        <select
          value={memory.value}
          onChange={({ currentTarget }) => choose(memory, "memory", currentTarget.value)}
        >
          <option value="">
            this machine{machine && !isOther ? `, ${memoryText(machine.memoryBytes)}` : ""}
          </option>
          {memories.map((size) => (
            <option key={size} value={`${size}G`}>
              a Mac with {size} GB
            </option>
          ))}
        </select>
      </label>
      {isOther && (
        <label class="field">
          Chip
          <select
            value={chip.value}
            onChange={({ currentTarget }) => choose(chip, "chip", currentTarget.value)}
          >
            <option value="">any</option>
            {chips.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}
