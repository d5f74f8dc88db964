/** Ids of the tiny model's special tokens. Bytes are 0 to 255. */
export const SPECIAL_IDS: Readonly<Record<"bos" | "eos" | "pad" | "imStart" | "imEnd", number>> = {
  bos: 256,
  eos: 257,
  pad: 258,
  imStart: 259,
  imEnd: 260,
};

/** Bytes and special tokens together. */
export const VOCAB_SIZE = 288;

const NAMED_SPECIALS = ["<s>", "</s>", "<pad>", "<|im_start|>", "<|im_end|>"];

/** ChatML, with the newline after each role and message. */
export const CHAT_TEMPLATE: string =
  "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}" +
  "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

/** A byte-level BPE tokenizer without merges: `tokenizer.json` of Hugging Face's tokenizers. */
export function tokenizerJson(): object {
  const byteLevel = {
    type: "ByteLevel",
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: true,
  };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: specials().map((content, i) => ({
      id: 256 + i,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(byteAlphabet().map((char, byte) => [char, byte])),
      merges: [],
    },
  };
}

/** `tokenizer_config.json`, without the chat template, which has a file of its own. */
export function tokenizerConfig(): object {
  const [bos, eos, pad] = NAMED_SPECIALS;
  return {
    tokenizer_class: "PreTrainedTokenizerFast",
    bos_token: bos,
    eos_token: eos,
    pad_token: pad,
    model_max_length: 2048,
    clean_up_tokenization_spaces: false,
  };
}

/** `special_tokens_map.json` */
export function specialTokensMap(): object {
  const [bos, eos, pad] = NAMED_SPECIALS;
  return { bos_token: bos, eos_token: eos, pad_token: pad };
}

function specials(): readonly string[] {
  const reserved = Array.from(
    { length: VOCAB_SIZE - 256 - NAMED_SPECIALS.length },
    (_, i) => `<|reserved_${i}|>`,
  );
  return [...NAMED_SPECIALS, ...reserved];
}

/** GPT-2's byte alphabet: printable bytes stand for themselves, the other 68 for code points from 256 on. */
function byteAlphabet(): readonly string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable =
      (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
    return String.fromCodePoint(printable ? byte : next++);
  });
}
