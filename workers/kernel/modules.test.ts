import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_CONFIG, type HearthnetConfig } from '#protocol/core/config.ts'
import { claimGet, claimQuery } from '#protocol/evidence/capabilities.ts'
import { contract } from '#protocol/evidence/contract.ts'
import { versionList } from '#protocol/protocol/capabilities.ts'
import { createSeededRuntime } from '../testing/seeded-runtime.ts'
import { createModules, defineWorkerModule, isSwitchedOff, type ModuleDeps } from './modules.ts'

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
})

describe('modules', () => {
  function world() {
    const events: string[] = []
    const module = defineWorkerModule({
      contract,
      needs: ['runtime', 'config'],
      start: async () => {
        events.push('start')
        return () => void events.push('stop')
      },
    })
    const deps: { current: Partial<ModuleDeps> } = { current: {} }
    return { events, module, deps, modules: createModules([module], () => deps.current) }
  }

  it('start when switched on and everything they need is there, and stop when either goes', async () => {
    const { events, deps, modules } = world()
    const runtime = createSeededRuntime(1)
    deps.current = { config: () => config(true, true) }
    await modules.settle()
    expect(events).toEqual([])
    deps.current = { config: () => config(true, true), runtime }
    await modules.settle()
    await modules.settle()
    expect(events).toEqual(['start'])
    deps.current = { ...deps.current, config: () => config(false, true) }
    await modules.settle()
    expect(events.at(-1)).toBe('stop')
  })

  it('say by name what is missing when started without it', async () => {
    const { module } = world()
    await expect(module.start({})).rejects.toMatchObject({ code: 'internal_error', message: 'evidence needs runtime, config' })
  })

  it('settle in turn: switching quickly on and off ends as it was asked last', async () => {
    const { events, deps, modules } = world()
    const runtime = createSeededRuntime(1)
    let on = true
    const getConfig = (): HearthnetConfig => config(on, true)
    deps.current = { runtime, config: getConfig }
    const settling = [modules.settle()]
    on = false
    settling.push(modules.settle())
    on = true
    settling.push(modules.settle())
    await Promise.all(settling)
    expect(events.at(-1)).toBe('start')
    await modules.stop()
    expect(events.at(-1)).toBe('stop')
  })
})
