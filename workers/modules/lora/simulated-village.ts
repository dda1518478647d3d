import { toHex } from '#protocol/core/encoding.ts'
import { encodeFrame } from '#protocol/lora/frame.ts'
import type { AdapterId, Flags, RadioSettings } from '#protocol/lora/records.ts'
import { delay, type Runtime } from '../../kernel/runtime.ts'
import { createEther, type Ether, type Position } from './ether.ts'
import type { SimulatedSurroundings } from './serial-bridge.ts'
import type { SimulatedCable } from './simulated-port.ts'
import { createSimulatedSerial, createSimulatedStick, type SimulatedModel } from './simulated-sticks.ts'
import type { Adapter, StickSession } from './stick.ts'

/** The board that stands for each adapter. */
const MODELS: Readonly<Record<AdapterId, SimulatedModel>> = { meshtastic: 'meshtastic', rfm95w: 'rnode', sx126x: 'meshcore' }

interface Neighbour {
  readonly position: Position
  readonly flags: Partial<Flags>
}

/** Near, across the village, in the next one, and at the edge of hearing. Nobody calls for help: that would frighten. */
const NEIGHBOURS: readonly Neighbour[] = [
  { position: { x: 120, y: 40 }, flags: { ok: true } },
  { position: { x: -450, y: 380 }, flags: { gateway: true } },
  { position: { x: 900, y: -1100 }, flags: {} },
  { position: { x: -1900, y: -1200 }, flags: { low_battery: true } },
]

/** Ten times as often as LOR-2 has it: whoever tries it out does not wait ten minutes. */
const PERIOD_MS = 60_000
const FIRST_MS = 15_000
const NO_FLAGS: Flags = { panic: false, ok: false, gateway: false, low_battery: false }

export interface VillageOptions {
  readonly runtime: Runtime
  readonly adapter: Adapter
  readonly settings: RadioSettings
}

/** Sends beacons as a made-up neighbour until `signal`; frames v1, as nobody can confirm somebody made up. */
async function live(session: StickSession, { flags }: Neighbour, runtime: Runtime, signal: AbortSignal): Promise<void> {
  const senderHash = toHex(runtime.randomBytes(4))
  const share = (): number => (runtime.randomBytes(1)[0] ?? 0) / 256
  await delay(runtime, 1_000 + share() * FIRST_MS, signal)
  for (let sequence = 0; ; sequence = (sequence + 1) & 0xffff) {
    const unixSeconds = Math.floor(runtime.now() / 1000)
    const head = { senderHash, sequence, flags: { ...NO_FLAGS, ...flags }, unixSeconds }
    await session.send(encodeFrame({ version: 1, ...head }))
    await delay(runtime, PERIOD_MS * (0.9 + 0.2 * share()), signal)
  }
}

/** For trying it out without a stick: a stick of one's own, and neighbours in range who do not exist. */
export function createSimulatedVillage({ runtime, adapter, settings }: VillageOptions): SimulatedSurroundings {
  const ether: Ether = createEther({ runtime, shadowingDb: 3 })
  const model = MODELS[adapter.id]
  const stopping = new AbortController()
  const build = (position: Position): SimulatedCable => createSimulatedStick({ runtime, ether, model, position })

  async function settle(neighbour: Neighbour): Promise<void> {
    const cable = build(neighbour.position)
    cable.plug()
    await cable.port.open({ baudRate: adapter.baudRate })
    const ignore = (): void => undefined
    const session = await adapter.open(cable.port, { runtime, settings, onHeard: ignore, onLost: ignore })
    await live(session, neighbour, runtime, stopping.signal).finally(() => session.close())
  }
  for (const neighbour of NEIGHBOURS) {
    settle(neighbour).catch((error: unknown) => {
      if (!stopping.signal.aborted) reportError(error)
    })
  }

  const own = build({ x: 0, y: 0 })
  own.plug()
  return {
    ...createSimulatedSerial([own]),
    end() {
      stopping.abort()
      own.pull()
    },
  }
}
