import { afterEach, describe, expect, it, vi } from 'vitest'
import { remember, remembered, type Step } from './step.ts'

const SHOWN: Step = { at: 'show', text: 'a paper', stage: 'agreement' }
const REST: Step = { at: 'rest', kept: false }

function storage(): Map<string, string> {
  const kept = new Map<string, string>()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  })
  return kept
}

afterEach(() => vi.unstubAllGlobals())

describe('how far two anchors have come (FDR-1)', () => {
  it('is known again while a code is shown, until somebody is done with it', () => {
    storage()
    remember('issum', SHOWN)
    expect(remembered('issum')).toEqual(SHOWN)
    // reading the other side's code takes nothing away
    remember('issum', { at: 'read' })
    expect(remembered('issum')).toEqual(SHOWN)
    remember('issum', REST)
    expect(remembered('issum')).toEqual(REST)
  })

  it('is that of one community and not of another on the same device', () => {
    storage()
    remember('issum', SHOWN)
    expect(remembered('sevelen')).toEqual(REST)
  })

  it('begins anew where something else is kept, or the browser keeps nothing', () => {
    const kept = storage()
    for (const text of ['', '{', '7', '{"at":"show"}', '{"at":"terms"}', '{"at":"show","text":"x","stage":"marriage"}']) {
      kept.set('hearthnet.federation.issum', text)
      expect(remembered('issum')).toEqual(REST)
    }
    vi.stubGlobal('sessionStorage', {
      getItem: () => {
        throw new DOMException('refused', 'SecurityError')
      },
    })
    expect(remembered('issum')).toEqual(REST)
  })
})
