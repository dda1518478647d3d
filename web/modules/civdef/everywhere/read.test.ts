import { afterEach, describe, expect, it, vi } from 'vitest'

/** A browser that has been here before, and has this stored. */
async function openWith(stored: string | null) {
  const kept = new Map(stored === null ? [] : [['hearthnet.civdef.read', stored]])
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  })
  vi.resetModules()
  return import('./read.ts')
}

afterEach(() => vi.unstubAllGlobals())

describe('what a person has read', () => {
  it('is still read after a reload', async () => {
    const before = await openWith(null)
    before.markRead(['a', 'b'])
    before.markRead(['b'])
    const after = await openWith(localStorage.getItem('hearthnet.civdef.read'))
    expect(after.readRevisions()).toEqual(['a', 'b'])
  })

  it('is forgotten where what is stored is damaged, so that an alert is shown once more', async () => {
    expect((await openWith(JSON.stringify(['a', 1, null]))).readRevisions()).toEqual(['a'])
    expect((await openWith('{')).readRevisions()).toEqual([])
  })
})
