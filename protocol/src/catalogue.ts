import type { Capability } from './core/capability.ts'
import type { EventDefinition, ModuleContract } from './core/module.ts'

// Vite, Vitest and the tools all resolve this glob; a new module is a new folder and nothing else
const found = import.meta.glob<ModuleContract>('./*/contract.ts', { eager: true, import: 'contract' })

/** Every module's contract, by id. */
export const MODULES: readonly ModuleContract[] = Object.values(found).sort((a, b) => (a.id < b.id ? -1 : 1))

export const CAPABILITIES: ReadonlyMap<string, Capability> = new Map(
  MODULES.flatMap((module) => module.capabilities).map((capability) => [capability.name, capability]),
)

export const EVENTS: ReadonlyMap<string, EventDefinition> = new Map(
  MODULES.flatMap((module) => module.events).map((event) => [event.type, event]),
)

/** The module a capability name belongs to, built or planned. */
export function moduleOf(name: string): ModuleContract | undefined {
  return MODULES.find(
    (module) =>
      module.capabilities.some((capability) => capability.name === name) || module.planned.capabilities.includes(name),
  )
}
