import type { Static } from '@sinclair/typebox'
import { Strict } from './schema.ts'
import * as Type from './type.ts'

const Switch = Strict({ enabled: Type.Boolean() })

/** HTTPS; in clear only to a hub on this very device. Empty is none. */
export const HUB_ENDPOINT_PATTERN = '^(https://[^\\s]+|http://(localhost|127\\.0\\.0\\.1|\\[::1\\])(:\\d+)?(/[^\\s]*)?)?$'

/** The knowledge hub a person configured; an empty endpoint is none (M30). */
const ebkh = {
  /** Where its JSON-RPC answers. */
  endpoint: Type.String({ pattern: HUB_ENDPOINT_PATTERN, maxLength: 512 }),
  /** Which stored token goes with it. The token itself is no setting: it is kept apart and never read back. */
  token_ref: Type.String({ maxLength: 64 }),
}
const evidence = Strict({ enabled: Type.Boolean(), ebkh: Strict(ebkh) })

// one object per module (section 9); a module that needs more than its switch widens its own
const modules = {
  distributed_llm: Switch,
  moe: Switch,
  fedlearn: Switch,
  lora: Switch,
  evidence,
  civdef: Switch,
  tensor_transport: Switch,
  protocol: Switch,
}
const research = {
  /** The person's master switch for `experimental.*`. */
  enable: Type.Boolean(),
  /** Globs over capability names, `*` for any run of characters. */
  enabled_capabilities: Type.Array(Type.String({ maxLength: 128 }), { maxItems: 64 }),
}
const mesh = {
  /** Boxes to stay in touch with, beside the one that served the app. */
  relays: Type.Array(Type.String({ pattern: '^/', maxLength: 512 }), { maxItems: 16 }),
}

/** The device's configuration (section 9). */
export const ConfigSchema = Strict({ ...modules, policy: Strict({ research: Strict(research) }), mesh: Strict(mesh) })
export type HearthnetConfig = Static<typeof ConfigSchema>

export const ConfigPatchSchema = Type.Partial({
  ...modules,
  evidence: Type.Partial({ enabled: Type.Boolean(), ebkh: Type.Partial(ebkh) }),
  policy: Type.Partial({ research: Type.Partial(research) }),
  mesh: Type.Partial(mesh),
})
export type ConfigPatch = Static<typeof ConfigPatchSchema>
export type ModuleSwitch = keyof typeof modules

const off = { enabled: false }
export const DEFAULT_CONFIG: HearthnetConfig = {
  distributed_llm: off,
  moe: off,
  fedlearn: off,
  lora: off,
  evidence: { ...off, ebkh: { endpoint: '', token_ref: '' } },
  civdef: off,
  tensor_transport: off,
  protocol: { enabled: true },
  policy: { research: { enable: false, enabled_capabilities: ['experimental.*'] } },
  mesh: { relays: [] },
}
