import { Strict } from '../core/schema.ts'

/** What the person at this device asks of it. */
export const ask = { stability: 'experimental', trust: 'self', idempotent: true, errors: ['experimental_disabled'] } as const
/** What the person at this device does. */
export const act = { stability: 'experimental', trust: 'self' } as const
export const Nothing = Strict({})
