/**
 * One task after the other, each conversation in its own order and conversations in turn: a long question of one does not keep
 * the next word of another waiting for more than one of its steps.
 */
export type FairTurns = <T>(of: string, task: () => Promise<T>) => Promise<T>

export function createFairTurns(): FairTurns {
  // a map keeps the order in which its keys came: whoever had a turn and wants another goes to the end
  const lanes = new Map<string, (() => Promise<void>)[]>()
  let running = false

  async function run(): Promise<void> {
    if (running) return
    running = true
    for (;;) {
      const [next] = lanes
      if (!next) break
      const [of, lane] = next
      lanes.delete(of)
      const task = lane.shift()
      if (lane.length > 0) lanes.set(of, lane)
      await task?.()
    }
    running = false
  }

  return (of, task) =>
    new Promise((resolve, reject) => {
      const lane = lanes.get(of) ?? []
      lane.push(() => task().then(resolve, reject))
      lanes.set(of, lane)
      void run()
    })
}
