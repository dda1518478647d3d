import { MODULES } from '#protocol/catalogue.ts'
import { DEFAULT_CONFIG, type ModuleSwitch } from '#protocol/core/config.ts'

export interface Trial {
  readonly id: ModuleSwitch
  readonly state: 'switchable' | 'always' | 'not_built'
}

// what is built has events
const built = (id: ModuleSwitch): boolean => MODULES.some(({ config, events }) => config === id && events.length > 0)

const stateOf = (id: ModuleSwitch): Trial['state'] => {
  if (id === 'protocol') return 'always'
  return built(id) ? 'switchable' : 'not_built'
}

const RANK = { switchable: 0, always: 1, not_built: 2 } as const

/** Every module with a switch, what can be switched first. Which ones are built follows from their contracts. */
export const TRIALS: readonly Trial[] = (Object.keys(DEFAULT_CONFIG) as (keyof typeof DEFAULT_CONFIG)[])
  .filter((key): key is ModuleSwitch => key !== 'policy' && key !== 'mesh')
  .map((id) => ({ id, state: stateOf(id) }))
  .sort((a, b) => RANK[a.state] - RANK[b.state])
