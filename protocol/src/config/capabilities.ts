import { defineCapability } from '../core/capability.ts'
import { ConfigPatchSchema, ConfigSchema } from '../core/config.ts'
import { Strict } from '../core/schema.ts'
import { configChanged } from './events.ts'

export const configGet = defineCapability({
  name: 'config.get',
  stability: 'stable',
  trust: 'self',
  idempotent: true,
  input: Strict({}),
  output: ConfigSchema,
  answersFrom: [configChanged],
})

/** Changes what the patch names; modules start and stop before it answers. */
export const configSet = defineCapability({
  name: 'config.set',
  stability: 'stable',
  trust: 'self',
  input: ConfigPatchSchema,
  output: ConfigSchema,
})
