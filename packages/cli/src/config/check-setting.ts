import { parseBytes } from "@mlx-download/cache/amounts";
import type { SettingSpec } from "./setting-specs.ts";

/** Describes why a value is invalid. Undefined for a valid value. */
export function checkSetting({ type, choices }: SettingSpec, value: string): string | undefined {
  if (value.trim() === "") return "it is empty";
  if (choices && !choices.includes(value)) return `it is one of ${choices.join(", ")}`;
  switch (type) {
    case "count":
      return /^[1-9]\d{0,8}$/.test(value) ? undefined : "it is a whole number above zero";
    case "bytes":
      return (parseBytes(value) ?? 0) > 0 ? undefined : "it is a size such as 500M or 1.5GB";
    case "tokens":
      return /^[1-9]\d{0,8}[km]?$/i.test(value) ? undefined : "it is a number such as 32768 or 32k";
    case "switch":
      return /^(?:true|false|1|0)$/.test(value) ? undefined : "it is true or false";
    case "peers":
      return value === "off" || items(value).every((item) => item === "auto" || isAddress(item))
        ? undefined
        : "it is auto, off, or an http address such as http://mini.local:8090, or several with commas";
    case "addresses":
      return items(value).every(isAddress)
        ? undefined
        : "it is an http address such as https://huggingface.co, or several with commas";
    case "text":
    case undefined:
      return undefined;
  }
}

const items = (value: string): string[] => value.split(",").map((item) => item.trim());

function isAddress(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? "");
}
