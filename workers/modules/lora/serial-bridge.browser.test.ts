import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SimulatedModel } from './simulated-sticks.ts'
import { AWKWARD } from './testing/settings.ts'

/** What the worker or its stub said. */
type Said = Readonly<Record<string, unknown>> & { readonly at: number }

const CASES = [
  ['meshtastic', 'meshtastic'],
  ['rnode', 'rfm95w'],
  ['meshcore', 'sx126x'],
  ['rui3', 'sx126x'],
] as const
/** Milliseconds; a busy machine is no defect, a stick that is only noticed by a timer is. */
const NOTICED_WITHIN = 250
const BACK_WITHIN = 2_000
const PATIENCE = { timeout: 20_000, interval: 5 }

let worker: Worker
let channel: BroadcastChannel
let said: Said[]
let air: Said[]
let orders = 0

beforeEach(() => {
  said = []
  air = []
  channel = new BroadcastChannel('hearthnet-stub-serial')
  channel.addEventListener('message', ({ data }) => air.push(data))
  worker = new Worker(new URL('./testing/bridge.worker.ts', import.meta.url), { type: 'module' })
  worker.addEventListener('message', ({ data }) => said.push(data))
})
afterEach(() => {
  worker.terminate()
  channel.close()
})

const hear = (list: () => readonly Said[], fits: (said: Said) => boolean): Promise<Said> =>
  vi.waitFor(() => {
    const found = list().find(fits)
    if (!found) throw new Error(`not among ${JSON.stringify(list())}`)
    return found
  }, PATIENCE)

/** Has the stub do something; asked again until its worker listens. @returns when it did it */
async function order(what: { order: string; model?: SimulatedModel; hex?: string }): Promise<number> {
  const id = ++orders
  channel.postMessage({ ...what, id })
  return (
    await hear(
      () => air,
      ({ done }) => done === id,
    )
  ).at
}

async function listening(): Promise<void> {
  await vi.waitFor(async () => {
    channel.postMessage({ order: 'grant', id: 0 })
    await vi.waitFor(() => expect(air.some(({ done }) => done === 0)).toBe(true), { timeout: 200 })
  }, PATIENCE)
}

const state = (name: string, after = 0): Promise<Said> =>
  hear(
    () => said,
    (one) => one.state === name && one.at > after,
  )
const frames = (): readonly Said[] => air.filter((one) => one.air === 'own')

describe('the bridge in a worker of a real browser (LOR-6)', () => {
  it.each(CASES)(
    'sends and hears over a %s stick, notices when it is pulled, and is back within 2 s',
    async (model, adapter) => {
      await listening()
      await order({ order: 'plug', model })
      worker.postMessage({ attach: adapter })
      await state('ready')

      worker.postMessage({ send: [...AWKWARD] })
      await hear(
        () => said,
        ({ sent }) => sent === true,
      )
      expect(frames()).toHaveLength(1)
      const own = String(frames()[0]?.hex)
      // what went out comes back from a neighbour, as soon as ours is off the air, with another number where frames have one
      const theirs = model === 'meshtastic' ? own.replace(/^(.{8})(.{8})(.{8})/, '$10700000001000000') : own
      const heard = await vi
        .waitFor(
          async () => {
            await order({ order: 'speak', hex: theirs })
            return vi.waitFor(() => expect(said.find((one) => one.heard)).toBeDefined(), { timeout: 800 })
          },
          { ...PATIENCE, interval: 50 },
        )
        .then(() => said.find((one) => one.heard))
      expect(heard?.heard).toEqual([...AWKWARD])

      const pulled = await order({ order: 'pull' })
      const noticed = await state('waiting', pulled)
      expect(noticed.at - pulled).toBeLessThan(NOTICED_WITHIN)
      const plugged = await order({ order: 'plug', model })
      const back = await state('ready', plugged)
      expect(back.at - plugged).toBeLessThan(BACK_WITHIN)

      worker.postMessage({ send: [...AWKWARD] })
      await vi.waitFor(() => expect(frames()).toHaveLength(2), PATIENCE)
      worker.postMessage({ detach: true })
      await hear(
        () => said,
        ({ detached }) => detached === true,
      )
    },
    30_000,
  )
})
