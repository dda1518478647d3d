import type { TextCodec } from './tokenizer.ts'

/** Turns tokens into text that a person can be shown while more of them come. */
export interface TextStream {
  /** @returns what can be said now; `stopped` once one of the stop strings was there */
  push(token: number): { readonly text: string; readonly stopped: boolean }
  /** @returns what was held back and is not going to become anything else */
  end(): string
}

const HALF = '\ufffd'

/**
 * Holds back what the next token may still change: the bytes of half a character, and the beginning of a stop string. A stop
 * string itself is never said.
 */
export function createTextStream(codec: Pick<TextCodec, 'decode'>, stops: readonly string[]): TextStream {
  const wanted = stops.filter((stop) => stop !== '')
  // the window [before, read) was said; [before, end) is decoded again, since what a token says depends on the one before it
  let tokens: number[] = []
  let read = 0
  let held = ''
  let stopped = false

  function decoded(): string {
    const said = codec.decode(tokens.slice(0, read))
    const all = codec.decode(tokens)
    if (all.endsWith(HALF)) return ''
    tokens = tokens.slice(read)
    read = tokens.length
    return all.slice(said.length)
  }

  function release(fresh: string): string {
    const text = held + fresh
    const at = Math.min(...wanted.map((stop) => text.indexOf(stop)).filter((index) => index >= 0))
    if (at !== Number.POSITIVE_INFINITY) {
      stopped = true
      held = ''
      return text.slice(0, at)
    }
    const keep = Math.max(0, ...wanted.map((stop) => overlap(text, stop)))
    held = text.slice(text.length - keep)
    return text.slice(0, text.length - keep)
  }

  return {
    push(token) {
      if (stopped) return { text: '', stopped }
      tokens.push(token)
      const text = release(decoded())
      return { text, stopped }
    },
    end() {
      if (stopped) return ''
      const rest = held + codec.decode(tokens).slice(codec.decode(tokens.slice(0, read)).length)
      held = ''
      tokens = []
      read = 0
      return rest
    },
  }
}

/** How many of the last characters of `text` are the first of `stop`. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--)
    if (stop.startsWith(text.slice(text.length - length))) return length
  return 0
}
