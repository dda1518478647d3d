import { type ConfigPatch, ConfigSchema, DEFAULT_CONFIG, type HearthnetConfig } from '#protocol/core/config.ts'
import { matches } from '#protocol/core/schema.ts'
import type { Store } from './store/store.ts'

export interface ConfigKeeper {
  current(): HearthnetConfig
  /** Saves, then tells. */
  change(patch: ConfigPatch): Promise<HearthnetConfig>
}

const CONFIG_KEY = 'config'

type Tree = { readonly [key: string]: unknown }
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Objects merge key by key, everything else is replaced. */
function merged(base: Tree, patch: Tree): Tree {
  const out: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(patch)) {
    const before = out[key]
    if (value !== undefined) out[key] = isTree(before) && isTree(value) ? merged(before, value) : value
  }
  return out
}

/** The device's configuration (section 9): defaults under what was saved, so that a new key needs no migration. */
export async function openConfig(store: Store): Promise<ConfigKeeper> {
  const read = (value: Tree): HearthnetConfig | null => (matches(ConfigSchema, value) ? value : null)
  const saved = await store.get('meta', CONFIG_KEY)
  let config = (isTree(saved) && read(merged(DEFAULT_CONFIG, saved))) || DEFAULT_CONFIG
  return {
    current: () => config,
    async change(patch) {
      const next = read(merged(config, patch)) ?? config
      await store.write([{ table: 'meta', key: CONFIG_KEY, value: next }])
      config = next
      return next
    },
  }
}
