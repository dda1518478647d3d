import { describe, expect, it } from 'vitest'
import { addressTrouble } from './box-address.ts'
import { TRIALS } from './trials.ts'

describe('the address of a box', () => {
  const box = '/dns4/box.haus/tcp/443/wss'

  it('is taken when it is new and looks like one', () => {
    expect(addressTrouble(box, [])).toBeNull()
  })

  it('is refused when it is none, known, or one too many', () => {
    expect(addressTrouble('https://box.haus', [])).toBe('invalid')
    expect(addressTrouble('/dns4/box haus', [])).toBe('invalid')
    expect(addressTrouble(`/${'x'.repeat(512)}`, [])).toBe('invalid')
    expect(addressTrouble(box, [box])).toBe('known')
    expect(
      addressTrouble(
        box,
        Array.from({ length: 16 }, (_, at) => `/ip4/10.0.0.${at}`),
      ),
    ).toBe('full')
  })
})

describe('the list of trials', () => {
  it('can switch what has a contract, never the protocol, and says what nobody has built', () => {
    const state = Object.fromEntries(TRIALS.map((trial) => [trial.id, trial.state]))
    expect(state).toMatchObject({ evidence: 'switchable', protocol: 'always' })
    expect(TRIALS[0]?.state).toBe('switchable')
    expect(Object.keys(state)).not.toContain('policy')
  })
})
