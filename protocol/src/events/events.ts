import { defineEvent } from '../core/module.ts'
import { Strict } from '../core/schema.ts'

/** Counts of the log changed without a new event: something was refused, waits, or was found equivocating. */
export const logNoticed = defineEvent('events.log.noticed', Strict({}), { scope: 'device' })
