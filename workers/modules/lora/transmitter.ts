import type { Static } from '@sinclair/typebox'
import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import { airtimeMs } from '#protocol/lora/airtime.ts'
import { LORA_BEACON_MAX_PAYLOAD_BYTES, LORA_PANIC_BURST_COUNT } from '#protocol/lora/constants.ts'
import { beaconIdOf, encodeFrame, type Frame } from '#protocol/lora/frame.ts'
import type { Flags, Region } from '#protocol/lora/records.ts'
import { requireSubBand, type SubBand } from '#protocol/lora/sub-bands.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import type { Drawer } from '../../kernel/shelf.ts'
import type { Ledger, SendKind } from './duty-cycle.ts'
import type { OwnChains } from './own-chain.ts'
import type { StickSession } from './stick.ts'

/** `lora.sender` on the shelf: a count that starts again would look like a replay (LOR-10). */
export const SenderSchema = Strict({ sequence: Type.Integer({ minimum: 0, maximum: 65_535 }) })
export const NEW_SENDER: Static<typeof SenderSchema> = { sequence: 0 }

/** Own frames that are recognised when they come back. */
const MAX_OWN = 64
/** Beacons leave this part of a sub-band to a call for help, where that is less than three frames. */
const SPARE_PART = 0.25

export interface Transmission {
  readonly beaconId: string
  readonly sequence: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly airtimeMs: number
  readonly overridden: boolean
}

/** The rules for the stick as it is now. */
export interface Channel {
  readonly band: SubBand
  /** Airtime of one frame with what the firmware adds. */
  readonly frameMs: number
  readonly spareMs: number
}

export interface Transmitter {
  /** @throws HearthError `lora_hardware_unavailable`, `lora_hardware_unsupported` when the region forbids the stick's settings */
  channel(): Channel
  /**
   * Builds a frame and sends it, one after the other, never twice.
   * @param flags read when its turn comes
   * @param override passes an empty budget (LOR-2)
   * @throws HearthError `lora_duty_cycle_exhausted` with `retryAfterMs`, `lora_hardware_unavailable`, `timeout`
   */
  send(kind: SendKind, flags: () => Flags, override: boolean): Promise<Transmission>
  isOwn(frame: Uint8Array): boolean
  /** Milliseconds since 1970; null before the first one. */
  lastSentAt(): number | null
}

export interface TransmitterDeps {
  readonly runtime: Runtime
  readonly selfHash: string
  readonly region: () => Region
  readonly frames: () => 'v1' | 'v2'
  /** Null while no stick is ready. */
  readonly session: () => StickSession | null
  readonly ledger: () => Ledger
  readonly drawer: Drawer<Static<typeof SenderSchema>>
  readonly chains: OwnChains
}

export function createTransmitter(deps: TransmitterDeps): Transmitter {
  const { runtime, selfHash, drawer, chains } = deps
  let turn: Promise<unknown> = Promise.resolve()
  const own: string[] = []
  let lastSentAt: number | null = null

  function requireSession(): StickSession {
    const session = deps.session()
    if (!session) throw new HearthError('lora_hardware_unavailable', 'no stick is ready')
    return session
  }

  function channel(): Channel {
    const { settings, overheadBytes } = requireSession()
    const frameMs = airtimeMs(LORA_BEACON_MAX_PAYLOAD_BYTES + overheadBytes, settings)
    const band = requireSubBand(deps.region(), settings, frameMs)
    return { band, frameMs, spareMs: Math.min(LORA_PANIC_BURST_COUNT * frameMs, band.limitMs * SPARE_PART) }
  }

  async function nextFrame(flags: Flags): Promise<Frame> {
    const sequence = (drawer.get().sequence + 1) % 65_536
    await drawer.set({ sequence })
    const head = { senderHash: selfHash, sequence, flags, unixSeconds: Math.floor(runtime.now() / 1000) }
    const sealed = deps.frames() === 'v2' ? await chains.seal(head) : null
    return sealed ?? { version: 1, ...head }
  }

  function remember(bytes: Uint8Array): void {
    own.push(bytes.join())
    if (own.length > MAX_OWN) own.shift()
  }

  async function sendNow(kind: SendKind, flags: () => Flags, override: boolean): Promise<Transmission> {
    // of one stick from here to the end: one that takes its place meanwhile, simulated maybe, has an account of its own
    const [session, ledger] = [requireSession(), deps.ledger()]
    const { band, frameMs, spareMs } = channel()
    const mayAt = ledger.mayAt(band, frameMs, kind === 'panic' ? 0 : spareMs)
    const isFree = mayAt <= runtime.now()
    if (!isFree && !override) {
      throw new HearthError('lora_duty_cycle_exhausted', `${band.name} MHz is used up for now`, {
        ...(Number.isFinite(mayAt) ? { retryAfterMs: Math.ceil(mayAt - runtime.now()) } : {}),
      })
    }
    const frame = await nextFrame(flags())
    const bytes = encodeFrame(frame)
    const reservation = await ledger.reserve(band, frameMs, kind, !isFree)
    const at = runtime.now()
    remember(bytes)
    try {
      const { airtimeMs: real } = await session.send(bytes)
      if (real !== null) await reservation.settle(real)
    } catch (error) {
      // only the stick's own refusal says that nothing went out; after anything else it may have
      if (toHearthError(error).code === 'lora_duty_cycle_exhausted') await reservation.release()
      throw error
    }
    lastSentAt = at
    return { beaconId: beaconIdOf(frame), sequence: frame.sequence, at, airtimeMs: frameMs, overridden: !isFree }
  }

  return {
    channel,
    send(kind, flags, override) {
      const sent = turn.then(() => sendNow(kind, flags, override))
      turn = sent.catch(() => undefined)
      return sent
    },
    isOwn: (frame) => own.includes(frame.join()),
    lastSentAt: () => lastSentAt,
  }
}
