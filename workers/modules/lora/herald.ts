import type { EventDefinition } from '#protocol/core/module.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import type { Runtime } from '../../kernel/runtime.ts'

/** Whoever is told at once is told again this much later at the earliest: a flood on the air is none on the screens. */
const REST_MS = 1000

export interface Herald {
  tell(event: EventDefinition): void
  stop(): void
}

/** Tells screens that something changed, each kind at once and then at most once a second. */
export function createHerald(runtime: Runtime, notify: ModuleDeps['notify']): Herald {
  const resting = new Map<string, { again: boolean; readonly stop: () => void }>()

  function tell(event: EventDefinition): void {
    const rest = resting.get(event.type)
    if (rest) {
      rest.again = true
      return
    }
    const stop = runtime.after(REST_MS, () => {
      const { again } = resting.get(event.type) ?? { again: false }
      resting.delete(event.type)
      if (again) tell(event)
    })
    resting.set(event.type, { again: false, stop })
    notify(event)
  }

  return {
    tell,
    stop() {
      for (const { stop } of resting.values()) stop()
      resting.clear()
    },
  }
}
