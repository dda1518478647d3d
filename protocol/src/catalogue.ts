import type { EventDefinition, ModuleContract } from './core/module.ts'

// Vite, Vitest and the tools all resolve this glob; a new module is a new folder and nothing else
const found = import.meta.glob<ModuleContract>('./*/contract.ts', { eager: true, import: 'contract' })

/** Every module's contract, by id. */
export const MODULES: readonly ModuleContract[] = Object.values(found).sort((a, b) => (a.id < b.id ? -1 : 1))

export const EVENTS: ReadonlyMap<string, EventDefinition> = new Map(
  MODULES.flatMap((module) => module.events).map((event) => [event.type, event]),
)
