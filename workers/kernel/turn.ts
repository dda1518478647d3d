/** Runs tasks one after the other, whoever asks; a task that fails keeps none of the others from running. */
export type Turn = <T>(task: () => Promise<T>) => Promise<T>

/** For what reads, decides and writes: two who do so at once would each decide by what was there before the other. */
export function createTurn(): Turn {
  let last: Promise<unknown> = Promise.resolve()
  return (task) => {
    const done = last.then(task, task)
    last = done.catch(() => {})
    return done
  }
}
