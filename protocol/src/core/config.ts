import type { Static } from '@sinclair/typebox'
import { OneOf, Strict } from './schema.ts'
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
/** What the radio sends, where and how often (M29). The stick itself is attached, not configured: see `stick.attach`. */
const lora = {
  region: OneOf(['EU868', 'US915', 'AS923']),
  /** Middle of the channel; a channel that is not whole within one sub-band is refused (LOR-1). */
  frequency_hz: Type.Integer({ minimum: 863_000_000, maximum: 928_000_000 }),
  spreading_factor: Type.Integer({ minimum: 7, maximum: 12 }),
  tx_power_dbm: Type.Integer({ minimum: 0, maximum: 30 }),
  /** Seconds between beacons before jitter (LOR-2). */
  interval_seconds: Type.Integer({ minimum: 60, maximum: 86_400 }),
  /** `v2` can be proven by members, `v1` is read by every implementation. */
  frames: OneOf(['v1', 'v2']),
  /** A call for help passes an empty budget (LOR-2). */
  panic_override: Type.Boolean(),
}
const evidence = Strict({ enabled: Type.Boolean(), ebkh: Strict(ebkh) })

// one object per module (section 9); a module that needs more than its switch widens its own
const modules = {
  distributed_llm: Switch,
  moe: Switch,
  fedlearn: Switch,
  lora: Strict({ enabled: Type.Boolean(), ...lora }),
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
  lora: Type.Partial({ enabled: Type.Boolean(), ...lora }),
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
  lora: {
    ...off,
    region: 'EU868',
    frequency_hz: 869_525_000,
    spreading_factor: 10,
    tx_power_dbm: 14,
    interval_seconds: 600,
    frames: 'v2',
    panic_override: false,
  },
  evidence: { ...off, ebkh: { endpoint: '', token_ref: '' } },
  civdef: off,
  tensor_transport: off,
  protocol: { enabled: true },
  policy: { research: { enable: false, enabled_capabilities: ['experimental.*'] } },
  mesh: { relays: [] },
}
