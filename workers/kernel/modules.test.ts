import { describe, expect, it, vi } from 'vitest'
import { DEFAULT_CONFIG, type HearthnetConfig } from '#protocol/core/config.ts'
import { contract } from '#protocol/evidence/contract.ts'
import { createSeededRuntime } from '../testing/seeded-runtime.ts'
import { createModules, defineWorkerModule, type ModuleDeps } from './modules.ts'

const config = (enabled: boolean, enable: boolean, globs: string[] = ['experimental.*']): HearthnetConfig => ({
  ...DEFAULT_CONFIG,
  evidence: { ...DEFAULT_CONFIG.evidence, enabled },
  policy: { research: { enable, enabled_capabilities: globs } },
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
    return { events, module, deps, modules: createModules([{ contract, load: async () => module }], () => deps.current) }
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

  it('load their code when first switched on, and leave the node running where that fails (decision 0011)', async () => {
    const { events, deps, module } = world()
    const heard = vi.fn()
    vi.stubGlobal('reportError', heard)
    const load = vi.fn(async () => module)
    const broken = { contract, load: async () => Promise.reject(new TypeError('not in the cache')) }
    const modules = createModules([broken, { contract, load }], () => deps.current)
    deps.current = { runtime: createSeededRuntime(1), config: () => config(false, true) }
    await modules.settle()
    expect(load).not.toHaveBeenCalled()
    deps.current = { ...deps.current, config: () => config(true, true) }
    await modules.settle()
    expect(events).toEqual(['start'])
    expect(heard).toHaveBeenCalledWith(new TypeError('not in the cache'))
    vi.unstubAllGlobals()
  })
})
