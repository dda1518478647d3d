import { MODULES } from './catalogue.ts'
import type { Capability } from './core/capability.ts'

// with all their schemas: too much for a start, so only what describes or tests the whole protocol imports this
const found = import.meta.glob<Record<string, unknown>>('./*/*capabilities.ts', { eager: true })

const isCapability = (exported: unknown): exported is Capability =>
  typeof exported === 'object' && exported !== null && 'name' in exported && 'input' in exported && 'maxConcurrent' in exported

/** Every module's capabilities, in the order they are written, by the module's id. */
export const CAPABILITIES_OF: ReadonlyMap<string, readonly Capability[]> = new Map(
  MODULES.map(({ id }) => [
    id,
    Object.entries(found)
      .filter(([path]) => path.split('/')[1] === id)
      .flatMap(([, exports]) => Object.values(exports).filter(isCapability)),
  ]),
)

export const CAPABILITIES: ReadonlyMap<string, Capability> = new Map(
  [...CAPABILITIES_OF.values()].flat().map((capability) => [capability.name, capability]),
)
