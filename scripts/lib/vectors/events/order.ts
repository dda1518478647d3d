import { toHex } from '#protocol/core/encoding.ts'
import { LAMPORT_MAX, LAMPORT_MAX_LEAD } from '#protocol/core/event.ts'
import { bad, good } from '../cases.ts'
import type { VectorSource } from '../format.ts'
import { bytesOf, numbersOf } from '../seeded.ts'

interface Item {
  readonly lamport: number
  readonly content_id: string
}

const item = (lamport: number, label: string): Item => ({ lamport, content_id: `blake3:${toHex(bytesOf(label, 32))}` })
const zeros = (lamport: number, end: string): Item => ({ lamport, content_id: `blake3:${end.padStart(64, '0')}` })

/** Sorted by hand, so that it shares nothing with the node's own order. */
function inOrder(items: readonly Item[]): string[] {
  const key = ({ lamport, content_id }: Item): string => String(lamport).padStart(20, '0') + content_id
  return [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1)).map(({ content_id }) => content_id)
}

const sorted = (name: string, comment: string, items: readonly Item[]) =>
  good(name, comment, { events: items }, { content_ids: inOrder(items) })

/** EVT-3. */
export const order = (): VectorSource => ({
  name: 'order',
  operation: 'event.order',
  rule: 'EVT-3',
  about: 'The order of replay: Lamport time as a number, then content id as text.',
  vectors: [
    sorted('one', 'Nothing to order', [item(1, 'a')]),
    sorted('by Lamport time', 'Whatever the content id', [zeros(3, '1'), zeros(1, '3'), zeros(2, '2')]),
    sorted('Lamport times of one and two digits', 'Numbers, not texts: 9 before 10', [zeros(10, '1'), zeros(9, '2')]),
    sorted('by content id', 'Where the Lamport times are equal', [zeros(5, 'ff'), zeros(5, '0a'), zeros(5, 'a0')]),
    sorted('content ids of digits and letters', 'Digits come before letters', [zeros(5, 'a'), zeros(5, '9')]),
    sorted('Lamport times above 32 bits', 'A double or 64 bits, never 32', [
      zeros(2 ** 32 + 1, '1'),
      zeros(1, '2'),
      zeros(2 ** 32, '3'),
    ]),
    sorted('Lamport times up to 2^48', 'Neighbours stay apart', [zeros(LAMPORT_MAX, '1'), zeros(LAMPORT_MAX - 1, '2')]),
    ...[8, 16, 32].map((count) => {
      const times = numbersOf(`order ${count}`, count, 6)
      return sorted(
        `${count} at random`,
        'Many with equal times',
        times.map((lamport, at) => item(lamport, `order ${count} ${at}`)),
      )
    }),
    bad(
      'a content id in capitals',
      'texts are compared without case, so two nodes see two orders',
      { events: [{ lamport: 1, content_id: `blake3:${'A'.repeat(64)}` }] },
      'bad_request',
    ),
  ],
})

/** EVT-2. */
export function clocks(): VectorSource {
  const step = (name: string, comment: string, clock: number, lamport: number, next: { kind: string; clock: number }) =>
    good(name, comment, { clock, lamport }, next)
  const kept = (clock: number) => ({ kind: 'stored', clock })
  const waits = (clock: number) => ({ kind: 'waiting', clock })
  const no = (name: string, catches: string, clock: number, lamport: unknown) =>
    bad(name, catches, { clock, lamport }, 'bad_request')
  return {
    name: 'clock',
    operation: 'clock.receive',
    rule: 'EVT-2',
    about:
      'A member’s event comes to a log whose clock shows a time: whether it is stored or waits, and what the clock shows then.',
    vectors: [
      step('the next one', 'The clock follows', 5, 6, kept(6)),
      step('the same time', 'The clock stays', 5, 5, kept(5)),
      step('an older one', 'The clock never runs back', 5, 2, kept(5)),
      step('one far ahead', 'It is followed', 5, 500_000, kept(500_000)),
      step('as far ahead as can be', 'One million is still near', 5, 5 + LAMPORT_MAX_LEAD, kept(5 + LAMPORT_MAX_LEAD)),
      step('one further', 'It waits until the clock comes near', 5, 6 + LAMPORT_MAX_LEAD, waits(5)),
      step('2^48 while the clock is young', 'It is no error, and it waits', 5, LAMPORT_MAX, waits(5)),
      step('2^48 while the clock is near', 'The last time there is', LAMPORT_MAX - 10, LAMPORT_MAX, kept(LAMPORT_MAX)),
      no('above 2^48', 'one member can burn the clock of all', 5, LAMPORT_MAX + 1),
      no('above 2^48, near', 'only the lead is checked', LAMPORT_MAX, LAMPORT_MAX + 1),
      no('below zero', 'the clock runs backwards', 5, -1),
      no('a fraction', 'the clock is a float', 5, 5.5),
      no('a text', 'numbers and texts are one', 5, '6'),
    ],
  }
}
