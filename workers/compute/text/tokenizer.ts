import { Template } from '@huggingface/jinja'
import { Tokenizer } from '@huggingface/tokenizers'
import { HearthError } from '#protocol/core/errors.ts'

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** Text to tokens and back, as the model's publisher laid down. */
export interface TextCodec {
  encode(text: string): readonly number[]
  decode(tokens: readonly number[]): string
  /** A conversation as the model was taught to read it, up to where it is to answer. */
  prompt(messages: readonly ChatMessage[]): readonly number[]
  /** Tokens after which an answer is over. */
  readonly ends: ReadonlySet<number>
}

/** `tokenizer.json`, and what of `tokenizer_config.json` matters here. */
export interface TokenizerFiles {
  readonly tokenizer: object
  readonly config: Readonly<Record<string, unknown>>
  /** `chat_template.jinja`, where it is a file of its own. */
  readonly template?: string
}

const RETURN_TEXT_ONLY = { add_special_tokens: false }

/** @throws HearthError `bad_request` for files that no tokenizer can be made of */
export function createTextCodec({ tokenizer: file, config, template }: TokenizerFiles, ends: readonly number[]): TextCodec {
  const tokenizer = made(() => new Tokenizer(file, config), 'tokenizer')
  const written = template ?? textOf(config.chat_template)
  const chat = written === null ? null : made(() => new Template(written), 'chat template')
  const special = (name: string): string => textOf(config[name]) ?? ''
  const end = tokenizer.token_to_id(special('eos_token'))
  const encode = (text: string): readonly number[] => tokenizer.encode(text, RETURN_TEXT_ONLY).ids

  return {
    encode,
    decode: (tokens) => {
      // a vocabulary is often padded: of tokens without a name nothing is said
      const named = tokens.filter((token) => tokenizer.id_to_token(token) !== undefined)
      return named.length === 0
        ? ''
        : tokenizer.decode(named, { skip_special_tokens: true, clean_up_tokenization_spaces: false })
    },
    prompt: (messages) => {
      // a model that was never taught to converse goes on with the text
      if (!chat) return encode(messages.map(({ content }) => content).join('\n'))
      const said = { bos_token: special('bos_token'), eos_token: special('eos_token'), pad_token: special('pad_token') }
      return encode(made(() => chat.render({ messages, add_generation_prompt: true, ...said }), 'chat template'))
    },
    ends: new Set(end === undefined ? ends : [...ends, end]),
  }
}

/** Tokens of special meaning come as text or as an object that has it. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  const content = typeof value === 'object' && value !== null && 'content' in value ? value.content : null
  return typeof content === 'string' ? content : null
}

function made<T>(make: () => T, what: string): T {
  try {
    return make()
  } catch (error) {
    throw new HearthError('bad_request', `the model's ${what}: ${error instanceof Error ? error.message : error}`)
  }
}
