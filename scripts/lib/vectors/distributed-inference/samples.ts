import { good } from '../cases.ts'
import type { VectorSource } from '../format.ts'

const GREEDY = { temperature: 0, top_k: 0, top_p: 1, repetition_penalty: 1, seed: 0 }

const U32 = 2n ** 32n
const wrapped = (value: bigint): bigint => value % U32

/** The finaliser of MurmurHash3 for 32 bits, as it is published, over whole numbers of any size. */
function finalised(value: bigint): bigint {
  let bits = wrapped(value)
  bits = wrapped((bits ^ (bits >> 16n)) * 0x85ebca6bn)
  bits = wrapped((bits ^ (bits >> 13n)) * 0xc2b2ae35n)
  return bits ^ (bits >> 16n)
}

/** DLM-3: the number in [0, 1) of a seed and a place. */
const chance = (seed: number, place: number): number =>
  Number(finalised(finalised(BigInt(seed)) ^ wrapped(BigInt(place + 1) * 0x9e3779b9n))) / 2 ** 32

/** Among 1000 tokens that are equally likely the number says which. */
const equally = (seed: number, place: number) =>
  good(
    `seed ${seed}, token ${place}`,
    'A thousand equal tokens: the number times a thousand, rounded down',
    {
      logits: Array(1000).fill(0),
      history: Array.from({ length: place }, (_, at) => at % 1000),
      sampling: { ...GREEDY, temperature: 1, seed },
    },
    { token: Math.floor(chance(seed, place) * 1000) },
  )

export const samples = (): VectorSource => ({
  name: 'sample',
  operation: 'distributed_llm.sample',
  rule: 'DLM-3',
  about: 'Which token follows, of logits, the tokens before it and how one is chosen.',
  vectors: [
    good('the likeliest', 'Temperature 0', { logits: [1, 3, 2], history: [0], sampling: GREEDY }, { token: 1 }),
    good('equally likely', 'The first of them', { logits: [1, 3, 3], history: [0], sampling: GREEDY }, { token: 1 }),
    good(
      'what was said is less likely',
      'A penalty of 2 halves 3 to 1.5',
      { logits: [1, 3, 2], history: [1], sampling: { ...GREEDY, repetition_penalty: 2 } },
      { token: 2 },
    ),
    good(
      'what was said is less likely, below zero',
      'A penalty of 2 makes -1 to -2',
      { logits: [-1, -1.5], history: [0, 0], sampling: { ...GREEDY, repetition_penalty: 2 } },
      { token: 1 },
    ),
    good(
      'one of the likeliest one',
      'top_k of 1 leaves no choice',
      { logits: [1, 3, 2], history: [0], sampling: { ...GREEDY, temperature: 5, top_k: 1, seed: 9 } },
      { token: 1 },
    ),
    good(
      'half of the probability',
      'One token has more than half alone: top_p of 0.5 leaves no choice',
      { logits: [0, 9, 0, 0], history: [0], sampling: { ...GREEDY, temperature: 1, top_p: 0.5, seed: 9 } },
      { token: 1 },
    ),
    ...[1, 2, 42, 4_294_967_295].flatMap((seed) => [1, 2, 100].map((place) => equally(seed, place))),
  ],
})
