import type { Backend } from '../../../compute/engine/backend.ts'

/** A backend whose runs wait while somebody holds them. */
export interface Gated extends Backend {
  /** Runs that wait right now. */
  readonly waiting: number
  /** @returns what lets them go on */
  hold(): () => void
}

export function gated(backend: Backend): Gated {
  let held: Promise<void> | null = null
  let waiting = 0
  return {
    ...backend,
    get waiting() {
      return waiting
    },
    hold() {
      let release = (): void => undefined
      held = new Promise((resolve) => (release = resolve))
      return () => {
        held = null
        release()
      }
    },
    async load(...what) {
      const program = await backend.load(...what)
      return {
        ...program,
        async run(inputs) {
          waiting += 1
          await held
          waiting -= 1
          return program.run(inputs)
        },
      }
    },
  }
}
