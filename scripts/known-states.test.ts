import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { fromBase64Url } from '#protocol/core/encoding.ts'
import { KNOWN_STATES, type KnownStates, makeKnownStates } from './lib/known-states.ts'

const numbers = (hidden: string): Float32Array => new Float32Array(fromBase64Url(hidden).slice().buffer)

it('the hidden states that the suite knows are those of the model that comes with the app (DLM-3)', async () => {
  const kept: KnownStates = JSON.parse(await readFile(KNOWN_STATES, 'utf8'))
  const now = await makeKnownStates()
  expect({ ...kept, made: kept.made.map(({ from, to }) => ({ from, to })) }).toEqual({
    ...now,
    made: now.made.map(({ from, to }) => ({ from, to })),
  })
  for (const [run, { hidden }] of kept.made.entries()) {
    const made = numbers(now.made[run]?.hidden ?? '')
    const apart = numbers(hidden).map((value, at) => Math.abs(value - (made[at] ?? Number.NaN)))
    expect(Math.max(...apart)).toBeLessThan(1e-3)
  }
})
