import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { claimGet, claimQuery } from '../evidence/capabilities.ts'
import { versionList } from '../protocol/capabilities.ts'
import { DEFAULT_CONFIG, type HearthnetConfig } from './config.ts'
import { isModuleOn, isSwitchedOff } from './switches.ts'

const config = (enabled: boolean, enable: boolean, globs: string[] = ['experimental.*']): HearthnetConfig => ({
  ...DEFAULT_CONFIG,
  evidence: { ...DEFAULT_CONFIG.evidence, enabled },
  policy: { research: { enable, enabled_capabilities: globs } },
})

describe('the research switch (BUS-2, section 9)', () => {
  it('needs the master switch, the module’s own and a glob that covers the name', () => {
    expect(isSwitchedOff(claimGet.name, config(true, true))).toBe(false)
    expect(isSwitchedOff(claimGet.name, config(false, true))).toBe(true)
    expect(isSwitchedOff(claimGet.name, config(true, false))).toBe(true)
    expect(isSwitchedOff(claimGet.name, config(true, true, []))).toBe(true)
    expect(isSwitchedOff(claimGet.name, config(true, true, ['experimental.*.get']))).toBe(false)
    expect(isSwitchedOff(claimQuery.name, config(true, true, ['experimental.*.get']))).toBe(true)
    expect(isSwitchedOff(versionList.name, config(false, false))).toBe(false)
  })

  it('matches globs as a star for any run of characters, and nothing as a pattern', () => {
    const word = fc.stringMatching(/^[a-z.]{0,6}$/)
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), fc.array(word, { maxLength: 4 }), (parts, fill) => {
        const name = parts.map((part, n) => part + (n < parts.length - 1 ? (fill[n] ?? '') : '')).join('')
        if (name !== claimGet.name) return
        expect(isSwitchedOff(name, config(true, true, [parts.join('*')]))).toBe(false)
      }),
    )
    for (const glob of ['experimental.', '.*', 'experimental.evidence.claim.ge', '*x', 'experimental?evidence*']) {
      expect(isSwitchedOff(claimGet.name, config(true, true, [glob])), glob).toBe(true)
    }
  })

  it('leaves a module off whose names no glob can cover', () => {
    for (const glob of ['*', 'experimental.*', 'experimental.evidence.claim.get', '*.get', 'exp*.get']) {
      expect(isModuleOn('evidence', config(true, true, [glob])), glob).toBe(true)
    }
    for (const glob of ['experimental.lora.*', 'experimental.', 'protocol.*', '']) {
      expect(isModuleOn('evidence', config(true, true, [glob])), glob).toBe(false)
    }
    expect(isModuleOn('evidence', config(false, true))).toBe(false)
    expect(isModuleOn('evidence', config(true, false))).toBe(false)
    expect(isModuleOn('protocol', config(false, false))).toBe(true)
  })
})
