import { beforeEach, describe, expect, it } from 'vitest'
import { parseUlid } from '#protocol/core/ids.ts'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import type { Feed } from './feed.ts'
import { createHandedFeed } from './handed-feed.ts'
import { createLedger, type Ledger } from './ledger.ts'
import type { HandedResult } from './runner.ts'

const WIDTH = 4

/** A feed of one token after the other, what went to it from here, and what it was blamed for. */
function fed() {
  const { monotonic, ulid } = createSeededRuntime(3)
  const input: Ledger = createLedger(WIDTH)
  const ends: number[] = []
  const sent: number[] = []
  const blamed: string[] = []
  const taken: number[] = []
  const say: { heard: (result: HandedResult) => void; released: () => void } = {
    heard: () => undefined,
    released: () => undefined,
  }
  const handed = {
    grant: { session_id: parseUlid(ulid()), session_token: '' },
    listen(heard: typeof say.heard, released: typeof say.released) {
      say.heard = heard
      say.released = released
    },
    send: (step: number) => void sent.push(step),
  }
  const runner = {
    ...{ nodeId: null, shardId: 'tiny:1-1', layers: { from: 1, to: 1 }, handed },
    forward: () => Promise.reject(new Error('who is handed its steps is not asked')),
    ended: new Promise(() => undefined),
    close: () => undefined,
  }
  const feed: Feed = createHandedFeed(
    {
      monotonic,
      rows: (_, position) => void taken.push(position),
      failed: (_, reason) => void blamed.push(reason),
      estranged: () => void blamed.push('estranged'),
    },
    { runner, input, ends, expectedMs: 20, handed, atFirst: true },
  )
  return {
    ...{ feed, sent, blamed, taken, say },
    next(): void {
      input.put(input.tokens, new Float32Array(WIDTH).fill(input.tokens + 1))
      ends.push(input.tokens)
      feed.push(input.tokens)
    },
    answer: (step: number, how: 'handed' | 'sent'): void =>
      say.heard({ step, rows: new Float32Array(WIDTH).fill(2), receipt: how === 'handed' ? input.digest(step, 1) : null }),
  }
}

describe('a shard whose steps another one hands it (DLM-11)', () => {
  let conversation: ReturnType<typeof fed>
  beforeEach(() => {
    conversation = fed()
  })

  it('is given from here the step that is late, and goes on being handed what follows', () => {
    const { feed, next, answer, sent, taken, blamed } = conversation
    next()
    expect(sent).toEqual([])
    feed.give(1)
    expect([sent, feed.handed]).toEqual([[0], true])
    answer(0, 'sent')
    next()
    answer(1, 'handed')
    expect([sent, taken, blamed]).toEqual([[0], [0, 1], []])
  })

  it('may have been handed the step that was given to it all the same, and is given none twice', () => {
    const { feed, next, answer, sent, taken, blamed } = conversation
    next()
    feed.give(1)
    feed.give(1)
    answer(0, 'handed')
    next()
    feed.give(2)
    answer(1, 'sent')
    expect([sent, taken, blamed]).toEqual([[0, 1], [0, 1], []])
  })

  it('is believed no step that was neither given nor handed to it', () => {
    const { feed, next, answer, blamed } = conversation
    next()
    feed.give(1)
    answer(0, 'sent')
    next()
    answer(1, 'sent')
    expect(blamed).toEqual(['corrupt'])
  })

  it('is given all of them from here once nobody hands it anything any more', () => {
    const { feed, next, answer, say, sent, taken } = conversation
    next()
    answer(0, 'handed')
    say.released()
    next()
    next()
    expect([sent, feed.handed]).toEqual([[1, 2], false])
    answer(1, 'sent')
    answer(2, 'sent')
    expect(taken).toEqual([0, 1, 2])
  })
})
