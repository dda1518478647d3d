import { HIDDEN_IN } from '../cut/analyse.ts'
import type { Backend, Program, Value } from '../engine/backend.ts'

/** A backend that tells what it was asked to do. */
export interface CountingBackend extends Backend {
  /** Of whatever it loaded. */
  readonly runs: number
  /** Those of several conversations at once. */
  readonly runsOfSeveral: number
  /** Values that nobody has disposed of, and programs that nobody has released. */
  readonly alive: { values: number; programs: number }
  /** Happens in the middle of the next run. */
  onRun: () => void
}

export function countingBackend(backend: Backend): CountingBackend {
  const alive = { values: 0, programs: 0 }
  const state = { runs: 0, runsOfSeveral: 0, onRun: (): void => undefined }

  function counted(value: Value): Value {
    let here = true
    alive.values++
    return {
      ...{ element: value.element, dims: value.dims },
      read: () => value.read(),
      dispose() {
        alive.values -= here ? 1 : 0
        here = false
        value.dispose()
      },
    }
  }
  const wrapped = new WeakMap<Value, Value>()
  function wrap(value: Value): Value {
    const outside = counted(value)
    wrapped.set(outside, value)
    return outside
  }
  const inside = (value: Value): Value => wrapped.get(value) ?? value

  return {
    kind: backend.kind,
    alive,
    get runs() {
      return state.runs
    },
    get runsOfSeveral() {
      return state.runsOfSeveral
    },
    get onRun() {
      return state.onRun
    },
    set onRun(task) {
      state.onRun = task
    },
    value: (...given) => wrap(backend.value(...given)),
    async load(...given): Promise<Program> {
      const program = await backend.load(...given)
      alive.programs++
      return {
        async run(inputs) {
          state.runs++
          if ((inputs.get(HIDDEN_IN)?.dims[0] ?? 1) > 1) state.runsOfSeveral++
          const outputs = program.run(new Map([...inputs].map(([name, value]) => [name, inside(value)])))
          const task = state.onRun
          state.onRun = () => undefined
          task()
          return new Map([...(await outputs)].map(([name, value]) => [name, wrap(value)]))
        },
        async release() {
          alive.programs--
          await program.release()
        },
      }
    },
  }
}
