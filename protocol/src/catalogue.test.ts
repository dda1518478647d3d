import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { CAPABILITIES, CAPABILITIES_OF } from './capabilities.ts'
import { EVENTS, MODULES } from './catalogue.ts'
import { defineCapability, schemaHash, serves } from './core/capability.ts'
import { ConfigSchema, DEFAULT_CONFIG } from './core/config.ts'
import { ERROR_CODES } from './core/errors.ts'
import { EventTypeSchema } from './core/event.ts'
import type { ModuleContract } from './core/module.ts'
import { matches, Strict } from './core/schema.ts'
import { namespaceOf } from './core/switches.ts'
import { PROTOCOL_VERSION } from './core/version.ts'

// the names that Phase 3 was announced with; a module may have more, and none of these is lost
const index: { readonly capabilities: readonly string[]; readonly events: readonly string[] } = JSON.parse(
  await readFile(new URL('./phase-3-index.json', import.meta.url), 'utf8'),
)
const namesOf = ({ id, planned }: ModuleContract) => [
  ...(CAPABILITIES_OF.get(id) ?? []).map(({ name }) => name),
  ...planned.capabilities,
]
const names = MODULES.flatMap(namesOf)
const types = MODULES.flatMap(({ events, planned }) => [...events.map(({ type }) => type), ...planned.events])

describe('the index of names', () => {
  it('has the 51 capabilities of Phase 3 and the chat, built or planned, and each name once', () => {
    expect(index.capabilities).toHaveLength(52)
    expect(names).toEqual(expect.arrayContaining([...index.capabilities]))
    expect(new Set(names).size).toBe(names.length)
  })

  it('has the 55 events of Phase 3, built or planned, each type once and well formed', () => {
    expect(index.events).toHaveLength(55)
    expect(types).toEqual(expect.arrayContaining([...index.events]))
    expect(new Set(types).size).toBe(types.length)
    for (const type of types) expect(matches(EventTypeSchema, type), type).toBe(true)
  })

  it('plans nothing beyond the index', () => {
    const planned = MODULES.flatMap((module) => [...module.planned.capabilities, ...module.planned.events])
    expect(planned.filter((name) => ![...index.capabilities, ...index.events].includes(name))).toEqual([])
  })

  it('has the 44 codes of Phase 3, those that pages add, and the 13 universal ones', () => {
    const owners = Object.values(ERROR_CODES)
    expect(owners.filter((owner) => owner === 'core')).toHaveLength(13)
    const added = ['pipeline_stalled', 'weights_mismatch', 'round_full', 'round_closed']
    expect(owners.length - 13 - added.length).toBe(44)
    const ids = new Set<string>([...MODULES.map(({ id }) => id), 'core', 'shared'])
    for (const owner of owners) expect(ids).toContain(owner)
  })

  it('begins as its module’s switch says (section 9)', () => {
    for (const module of MODULES) {
      const { config, stability } = module
      if (config === null) continue
      expect(DEFAULT_CONFIG[config], module.id).toBeDefined()
      expect(namespaceOf(config).startsWith('experimental.'), module.id).toBe(stability === 'experimental')
      for (const name of namesOf(module)) expect(name.startsWith(namespaceOf(config)), name).toBe(true)
    }
  })
})

describe('contracts', () => {
  it('declare only codes that exist and events that exist', () => {
    for (const { name, errors, answersFrom } of CAPABILITIES.values()) {
      for (const code of errors) expect(ERROR_CODES, name).toHaveProperty(code)
      for (const type of answersFrom) expect(EVENTS.has(type), `${name} ${type}`).toBe(true)
    }
  })

  it('hash their schemas, and a change of any of them changes the hash (BUS-1)', () => {
    const base = { name: 'test.a', stability: 'stable', trust: 'member', input: Strict({}), output: Strict({}) } as const
    const hashes = [
      defineCapability(base),
      defineCapability({ ...base, name: 'test.b' }),
      defineCapability({ ...base, version: '1.1' }),
      defineCapability({ ...base, stream: Strict({}) }),
    ].map(schemaHash)
    expect(new Set(hashes).size).toBe(4)
    expect(schemaHash(defineCapability({ ...base, timeoutSeconds: 99 }))).toBe(hashes[0])
    for (const capability of CAPABILITIES.values()) expect(schemaHash(capability)).toMatch(/^blake3:[0-9a-f]{64}$/)
  })

  it('serve the same major and any minor that is not older (BUS-1)', () => {
    expect(serves('1.2', '1.0')).toBe(true)
    expect(serves('1.2', '1.2')).toBe(true)
    expect(serves('1.2', '1.3')).toBe(false)
    expect(serves('2.0', '1.9')).toBe(false)
    expect(serves('1.10', '1.9')).toBe(true)
  })
})

describe('versions and defaults', () => {
  it('says the same version in code and in protocol/VERSION', async () => {
    const file = await readFile(new URL('../VERSION', import.meta.url), 'utf8')
    expect(file.trim()).toBe(PROTOCOL_VERSION)
  })

  it('starts with everything off but protocol (section 9)', () => {
    expect(matches(ConfigSchema, DEFAULT_CONFIG)).toBe(true)
    const { protocol, policy, mesh: _, ...modules } = DEFAULT_CONFIG
    expect(protocol.enabled).toBe(true)
    expect(policy.research.enable).toBe(false)
    for (const module of Object.values(modules)) expect(module.enabled).toBe(false)
  })
})
