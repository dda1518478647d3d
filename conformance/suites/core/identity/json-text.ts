import { concat, utf8 } from '../../../client/encoding.ts'
import { BUS, type Peer } from '../../../client/peer.ts'
import { type Case, ensure, outcomeOf, shown } from '../../../harness/case.ts'

type Spell = (peer: Peer) => Uint8Array

/** The text of a call of node.echo, with its payload written as `payload` and something put before it. */
const withPayload =
  (payload: string): Spell =>
  (peer) => {
    const text = JSON.stringify(peer.request('node.echo', { payload: 'HERE' }))
    return utf8(text.replace('"HERE"', payload))
  }
const bytes = (...parts: readonly number[]): Uint8Array => Uint8Array.from(parts)

/** Texts that ENC-1 refuses, each as a whole frame. */
const REFUSED: readonly (readonly [string, string, Spell])[] = [
  ['bom', 'A byte order mark is refused', (peer) => concat(bytes(0xef, 0xbb, 0xbf), withPayload('"x"')(peer))],
  ['lone-high-surrogate', 'A lone high surrogate is refused', withPayload('"\\ud83c"')],
  ['lone-low-surrogate', 'A lone low surrogate is refused', withPayload('"\\udf31"')],
  ['swapped-surrogates', 'Surrogates in the wrong order are refused', withPayload('"\\udf31\\ud83c"')],
  ['surrogate-in-key', 'A lone surrogate in a name is refused', withPayload('"x","\\ud800":1')],
  ['not-utf8', 'Bytes that are not UTF-8 are refused', (peer) => concat(withPayload('"x"')(peer), bytes(0xff))],
  [
    'overlong',
    'An overlong UTF-8 sequence is refused',
    (peer) => concat(utf8('{"capability":"'), bytes(0xc0, 0xaf), withPayload('"x"')(peer)),
  ],
  [
    'utf16',
    'UTF-16 is refused',
    (peer) => concat(bytes(0xff, 0xfe), Uint8Array.from([...withPayload('"x"')(peer)].flatMap((byte) => [byte, 0]))),
  ],
  ['integer-54-bits', 'An integer over 53 bits is refused', withPayload('9007199254740993')],
  ['infinite', 'A number that is not finite is refused', withPayload('1e999')],
  ['nan', 'NaN is not JSON', withPayload('NaN')],
  ['single-quotes', 'Single quotes are not JSON', withPayload("'x'")],
  [
    'trailing-comma',
    'A trailing comma is not JSON',
    (peer) => utf8(new TextDecoder().decode(withPayload('"x"')(peer)).replace(/\}$/, ',}')),
  ],
  ['comment', 'A comment is not JSON', (peer) => concat(utf8('/* hi */'), withPayload('"x"')(peer))],
  ['two-texts', 'Two texts in one frame are refused', (peer) => concat(withPayload('"x"')(peer), withPayload('"x"')(peer))],
  ['empty', 'An empty frame is refused', () => bytes()],
  ['spaces', 'A frame of spaces is refused', () => utf8('   ')],
  ['name-twice', 'A member name twice in one object is refused', withPayload('"x","payload":"y"')],
  [
    'name-twice-escaped',
    'A member name twice in one object is refused, also where one is written with an escape',
    withPayload('"x","\\u0070ayload":"x"'),
  ],
  ['nesting-33', 'Nesting deeper than 32 is refused', withPayload(`${'['.repeat(40)}${']'.repeat(40)}`)],
  ['bomb', 'A bomb of brackets is refused', () => utf8('['.repeat(100_000))],
  ['cut-off', 'A text that is cut off is refused', (peer) => withPayload('"x"')(peer).slice(0, -5)],
]

const ACCEPTED: readonly (readonly [string, string, string, string])[] = [
  ['pair', 'A surrogate pair written as escapes is one character', '"\\ud83c\\udf31"', '🌱'],
  ['zero', 'U+0000 written as an escape is a character', '"a\\u0000b"', 'a\u0000b'],
  ['not-normalised', 'Strings are not normalised on the way', '"e\\u0301"', 'e\u0301'],
  ['escaped-slash', 'An escaped slash is a slash', '"a\\/b"', 'a/b'],
  ['space-around', 'Space around values changes nothing', ' \n "x"\t ', 'x'],
]

const answersFor = async (peer: Peer, frame: Uint8Array) => {
  const { frames, ended } = await peer.talk(BUS, [frame])
  return { answer: frames[0] ?? null, ended }
}

export const cases: readonly Case[] = [
  ...REFUSED.map(
    ([what, title, spell]): Case => ({
      id: `ENC-1.${what}`,
      title,
      needs: ['wire'],
      async run({ peer }) {
        const caller = await peer('member')
        const { answer, ended } = await answersFor(caller, spell(caller))
        ensure(outcomeOf(answer) === 'bad_request', 'bad_request', `${shown(answer)}, ${ended}`)
      },
    }),
  ),
  ...ACCEPTED.map(
    ([what, title, written, read]): Case => ({
      id: `ENC-1.${what}`,
      title,
      needs: ['wire'],
      async run({ peer }) {
        const caller = await peer('member')
        const { answer } = await answersFor(caller, withPayload(written)(caller))
        ensure(
          JSON.stringify(answer).includes(`"payload":${JSON.stringify(read)}`),
          `an echo of ${JSON.stringify(read)}`,
          answer,
        )
      },
    }),
  ),
  {
    id: 'ENC-1.survives',
    title: 'After everything unreadable the next call is served',
    needs: ['wire'],
    async run({ peer }) {
      const caller = await peer('member')
      await answersFor(caller, utf8('{'))
      const answer = await caller.ask('node.echo', { payload: 'still there' })
      ensure(outcomeOf(answer) === 'ok', 'an answer', answer)
    },
  },
]
