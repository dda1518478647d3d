import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTextStream } from './stream.ts'

/** Tokens are bytes: the hardest case of a byte-level vocabulary. */
const bytes = { decode: (tokens: readonly number[]) => new TextDecoder().decode(Uint8Array.from(tokens)) }
const tokensOf = (text: string): readonly number[] => [...new TextEncoder().encode(text)]

function stream(text: string, stops: readonly string[] = []) {
  const said = createTextStream(bytes, stops)
  const parts: string[] = []
  for (const token of tokensOf(text)) {
    const { text: part, stopped } = said.push(token)
    parts.push(part)
    if (stopped) return { parts, text: parts.join(''), stopped }
  }
  return { parts, text: parts.join('') + said.end(), stopped: false }
}

describe('an answer that is shown while it comes', () => {
  it('says no half characters', () => {
    const { parts, text } = stream('Wärme für 3 € 🔥 heute')
    expect(text).toBe('Wärme für 3 € 🔥 heute')
    expect(parts.join('')).not.toContain('\ufffd')
  })

  it('ends before a stop string, also one that comes in pieces, and says nothing of it', () => {
    expect(stream('Licht aus.\nFrage: und dann', ['\nFrage:'])).toMatchObject({ text: 'Licht aus.', stopped: true })
    expect(stream('a<b>c<en<end>d', ['<end>'])).toMatchObject({ text: 'a<b>c<en', stopped: true })
  })

  it('says in the end what looked like a stop string and was none', () => {
    expect(stream('Ende: <en', ['<end>'])).toMatchObject({ text: 'Ende: <en', stopped: false })
  })

  it('is the same text as one that is decoded at once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom([], ['zz'], ['a', 'bb']), (text, stops) => {
        const at = Math.min(...stops.map((stop) => text.indexOf(stop)).filter((index) => index >= 0), text.length)
        expect(stream(text, stops).text).toBe(text.slice(0, at))
      }),
    )
  })

  it('shows a byte that belongs to no character at the end, and not before', () => {
    const said = createTextStream(bytes, [])
    expect(said.push(0x41).text).toBe('A')
    expect(said.push(0xe2).text).toBe('')
    expect(said.end()).toBe('\ufffd')
  })
})
