import { describe, expect, it } from 'vitest'
import { createPulse, LOOK_MS, MOST_LOOKS } from './pulse.ts'

/** A worker that answers when it is let, and a clock that goes when it is told. */
function createWatched() {
  const open: (() => void)[] = []
  let awaited = true
  let pings = 0
  let silences = 0
  let due: (() => void) | null = null
  const pulse = createPulse(
    {
      after(ms, task) {
        expect(ms).toBe(LOOK_MS)
        due = task
        return () => (due = null)
      },
    },
    {
      isAwaited: () => awaited,
      ping: () => {
        pings++
        return new Promise<void>((resolve) => open.push(resolve))
      },
      onSilence: () => silences++,
    },
  )
  return {
    pulse,
    isLooking: () => due !== null,
    told: () => ({ pings, silences }),
    rest: () => (awaited = false),
    wait: () => (awaited = true),
    async look(times: number) {
      for (let time = 0; time < times; time++) {
        const task = due
        due = null
        task?.()
        await Promise.resolve()
      }
    },
    async answer() {
      for (const resolve of open.splice(0)) resolve()
      await Promise.resolve()
    },
  }
}

describe('the pulse of a worker', () => {
  it('looks only while somebody waits', async () => {
    const { pulse, look, rest, wait, isLooking, told } = createWatched()
    expect(isLooking()).toBe(false)
    pulse.watch()
    pulse.watch()
    await look(1)
    rest()
    await look(1)
    expect(isLooking()).toBe(false)
    wait()
    pulse.watch()
    expect(isLooking()).toBe(true)
    expect(told()).toEqual({ pings: 1, silences: 0 })
  })

  it('leaves one in peace that answers late, however often', async () => {
    const { pulse, look, answer, told } = createWatched()
    pulse.watch()
    for (let round = 0; round < 3; round++) {
      await look(MOST_LOOKS)
      await answer()
    }
    expect(told()).toEqual({ pings: 3, silences: 0 })
  })

  it('tells once of one that never answers again, and looks no more', async () => {
    const { pulse, look, isLooking, told } = createWatched()
    pulse.watch()
    await look(MOST_LOOKS)
    expect(told().silences).toBe(0)
    await look(1)
    expect(told()).toEqual({ pings: 1, silences: 1 })
    pulse.watch()
    expect(isLooking()).toBe(false)
  })

  it('is stopped with the worker', async () => {
    const { pulse, look, isLooking, told } = createWatched()
    pulse.watch()
    await look(MOST_LOOKS)
    pulse.stop()
    expect(isLooking()).toBe(false)
    await look(3)
    expect(told().silences).toBe(0)
  })
})
