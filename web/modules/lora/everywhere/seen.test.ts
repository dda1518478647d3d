import { afterEach, describe, expect, it, vi } from 'vitest'
import type { SeenCall } from './panics.ts'

const CALL: SeenCall = { sender: '0badcafe', since: 1_779_782_400_000, sure: true }

/** A browser that has been here before, and has this stored. */
async function openWith(stored: string | null) {
  const kept = new Map(stored === null ? [] : [['hearthnet.lora.seen', stored]])
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  })
  vi.resetModules()
  return import('./seen.ts')
}

afterEach(() => vi.unstubAllGlobals())

describe('the calls a person has seen', () => {
  it('are still seen after a reload', async () => {
    const before = await openWith(null)
    before.rememberSeen([CALL])
    const after = await openWith(localStorage.getItem('hearthnet.lora.seen'))
    expect(after.seenCalls()).toEqual([CALL])
  })

  it('are forgotten one by one where what is stored is no call, and as a whole where it is damaged', async () => {
    expect((await openWith(JSON.stringify([CALL, { sender: 1 }, null]))).seenCalls()).toEqual([CALL])
    expect((await openWith('{')).seenCalls()).toEqual([])
    expect((await openWith('{}')).seenCalls()).toEqual([])
  })
})
