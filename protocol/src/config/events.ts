import { defineEvent } from '../core/module.ts'
import { Strict } from '../core/schema.ts'

export const configChanged = defineEvent('config.value.changed', Strict({}), { scope: 'device' })
