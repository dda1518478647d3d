import type { Static } from '@sinclair/typebox'
import { NodeIdSchema, OneOf, Strict } from './schema.ts'
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

/** A dotted region (CIV-5). */
const REGION = '[A-Z]{2}(\\.[A-Za-z0-9][A-Za-z0-9-]{0,47}){0,7}'
/** What a person says about alerts on this device (M31). */
const civdef = {
  /** Region of the person's municipality, `DE.NRW.Kleve.Issum`; empty until it is chosen. */
  municipality: Type.String({ pattern: `^(${REGION})?$`, maxLength: 200 }),
  /** Further regions whose alerts are shown, for instance where the parents live. */
  also_regions: Type.Array(Type.String({ pattern: `^${REGION}$`, maxLength: 200 }), {
    maxItems: 16,
  }),
  /** From which severity an alert notifies; below, it is in the list. `extreme` always does. */
  notify_from: OneOf(['info', 'advisory', 'warning', 'emergency', 'extreme']),
  sound: Type.Boolean(),
  vibration: Type.Boolean(),
  /** Whether the person takes part in drills; else they are in the list and silent (CIV-9). */
  drills: Type.Boolean(),
  /** Acks of alerts to everyone (CIV-11). */
  public_acks: Type.Boolean(),
  /** Severities that need a higher tier's co-signature (CIV-4). */
  cosign_from: OneOf(['warning', 'emergency', 'extreme', 'never']),
  /** A feed of official warnings that the operator configured. Empty is none, and none is ever asked. */
  feed_url: Type.String({ pattern: '^(https://[^\\s]+)?$', maxLength: 512 }),
  /** Trust roots of this device alone, beside the community's (CIV-1). */
  roots: Type.Array(
    Strict({
      root: NodeIdSchema,
      name: Type.String({ minLength: 1, maxLength: 80 }),
      region: Type.String({ pattern: `^${REGION}$`, maxLength: 200 }),
    }),
    { maxItems: 32 },
  ),
  /** Years an audit chain is kept; the operator confirms it against current law (AUD-6). */
  retention_years: Type.Integer({ minimum: 1, maximum: 100 }),
}

// one object per module (section 9); a module that needs more than its switch widens its own
const modules = {
  distributed_llm: Switch,
  moe: Switch,
  fedlearn: Switch,
  lora: Strict({ enabled: Type.Boolean(), ...lora }),
  evidence,
  civdef: Strict({ enabled: Type.Boolean(), ...civdef }),
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
  civdef: Type.Partial({ enabled: Type.Boolean(), ...civdef }),
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
  civdef: {
    ...off,
    municipality: '',
    also_regions: [],
    notify_from: 'advisory',
    sound: true,
    vibration: true,
    drills: false,
    public_acks: false,
    cosign_from: 'emergency',
    feed_url: '',
    roots: [],
    retention_years: 10,
  },
  tensor_transport: off,
  protocol: { enabled: true },
  policy: { research: { enable: false, enabled_capabilities: ['experimental.*'] } },
  mesh: { relays: [] },
}
