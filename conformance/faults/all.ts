import type { Fault } from './fault.ts'

// a file for each area: a new module adds one
const found = import.meta.glob<readonly Fault[]>('./areas/*.ts', { eager: true, import: 'faults' })

export const FAULTS: readonly Fault[] = Object.values(found).flat()
