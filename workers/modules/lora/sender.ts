import type { Static } from '@sinclair/typebox'
import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { CountSchema, Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import { LORA_BEACON_JITTER, LORA_PANIC_BURST_COUNT, LORA_PANIC_BURST_GAP_MS } from '#protocol/lora/constants.ts'
import { beaconSent, dutyCycleExhausted, dutyCycleOverridden, stickChanged } from '#protocol/lora/events.ts'
import type { Flags } from '#protocol/lora/records.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import type { Drawer } from '../../kernel/shelf.ts'
import { createSignal, type Signal } from '../../kernel/signal.ts'
import type { SendKind } from './duty-cycle.ts'
import type { Herald } from './herald.ts'
import type { Transmission, Transmitter } from './transmitter.ts'

/** A stick that comes back says so at once, unless the last beacon is younger than this. */
const FRESH_MS = 60_000
/** How long an alert waits for a beacon to carry it: what a stick that comes later would say is no news (LOR-12). */
const ALERT_MS = 3_600_000
/** What neighbours who all waited for something are spread over. */
const SPREAD_MS = 500

const OwnPanicSchema = Strict({
  /** Milliseconds since 1970. */
  since: Type.Number(),
  frames_sent: CountSchema,
  overridden: Type.Boolean(),
})
export type OwnPanic = Static<typeof OwnPanicSchema>

/** `lora.panic` on the shelf: a call for help goes on after a restart. */
export const PanicSchema = Strict({ panic: Type.Union([OwnPanicSchema, Type.Null()]) })
export const NO_PANIC: Static<typeof PanicSchema> = { panic: null }

export interface Sender {
  /** A stick is ready: whatever waited goes. */
  ready(): void
  /** The interval may be another one now: whoever made it shorter does not wait out the long one. */
  configured(): void
  /** Sends now, or says when it may. "I am fine" ends a call for help. @throws HearthError */
  beacon(ok: boolean): Promise<Transmission>
  /**
   * Calls for help (LOR-2). The call stands from now on, whatever becomes of the first frame.
   * @throws HearthError as its first frame does; it goes by itself as soon as it may
   */
  panic(): Promise<Transmission>
  /** Ends the call: what is left of the burst does not go. */
  cancel(): Promise<void>
  /** The next beacon carries the panic flag: a signal, no content (CIV-13). */
  alert(): void
  ownPanic(): OwnPanic | null
  /** Since when an alert waits for the next beacon, milliseconds since 1970; null while none does. */
  alertSince(): number | null
  flags(): Flags
  /** Milliseconds since 1970; null while nothing is planned. */
  nextAt(): number | null
  /** A beacon or a call for help went out. */
  readonly sent: Signal<Transmission>
  stop(): void
}

export interface SenderDeps {
  readonly runtime: Runtime
  readonly transmitter: Transmitter
  readonly herald: Herald
  readonly drawer: Drawer<Static<typeof PanicSchema>>
  readonly intervalSeconds: () => number
  readonly override: () => boolean
  readonly gateway: () => boolean
  readonly lowBattery: () => boolean
  /** Runs before each beacon of the cadence: what must be in the log by then. It does not fail. */
  readonly prepare: () => Promise<void>
}

/** When what is sent (LOR-2). */
export function createSender(deps: SenderDeps): Sender {
  const { runtime, transmitter, herald, drawer } = deps
  const sent = createSignal<Transmission>()
  let nextAt: number | null = null
  let stopBeacon = (): void => {}
  let stopBurst = (): void => {}
  let okNext = false
  let alertedAt: number | null = null
  let stopped = false

  /** In [0, 1). */
  const random = (): number => {
    const [high = 0, low = 0] = runtime.randomBytes(2)
    return (high * 256 + low) / 65_536
  }
  const ownPanic = (): OwnPanic | null => drawer.get().panic
  const alertSince = (): number | null => (alertedAt !== null && runtime.now() - alertedAt < ALERT_MS ? alertedAt : null)

  function flags(): Flags {
    const panic = ownPanic() !== null || alertSince() !== null
    return { panic, ok: okNext && !panic, gateway: deps.gateway(), low_battery: deps.lowBattery() }
  }

  function plan(wanted: number): void {
    const ms = Math.ceil(wanted)
    stopBeacon()
    nextAt = runtime.now() + ms
    stopBeacon = runtime.after(ms, () => {
      nextAt = null
      due().catch(reportError)
    })
  }

  /** The next one in the cadence: 600 s, and a tenth of that to either side. */
  const planNext = (): void => plan(deps.intervalSeconds() * 1000 * (1 + LORA_BEACON_JITTER * (2 * random() - 1)))

  /** @throws what is nobody's fault but ours */
  function expected(error: unknown): HearthError {
    const known = toHearthError(error)
    if (known.code === 'internal_error') throw error
    return known
  }

  async function transmit(kind: SendKind, override = false): Promise<Transmission> {
    let said: Flags | null = null
    const transmission = await transmitter.send(
      kind,
      () => {
        said = flags()
        return said
      },
      override,
    )
    settleFlags(said)
    herald.tell(beaconSent)
    if (transmission.overridden) herald.tell(dutyCycleOverridden)
    sent.emit(transmission)
    return transmission
  }

  /** What was said once need not be said again. */
  function settleFlags(said: Flags | null): void {
    if (said?.ok) okNext = false
    if (said?.panic) alertedAt = null
  }

  /** A beacon of the cadence: over budget it waits, without a stick it waits for one (LOR-2, LOR-6). */
  async function due(): Promise<void> {
    await deps.prepare()
    if (stopped) return
    try {
      await transmit('beacon')
      planNext()
    } catch (error) {
      const { code, retryAfterMs } = expected(error)
      if (code === 'lora_duty_cycle_exhausted') {
        herald.tell(dutyCycleExhausted)
        plan((retryAfterMs ?? deps.intervalSeconds() * 1000) + random() * SPREAD_MS)
      } else if (code !== 'lora_hardware_unavailable') planNext()
    }
  }

  async function burst(): Promise<Transmission | null> {
    stopBurst()
    const before = ownPanic()
    if (!before || before.frames_sent >= LORA_PANIC_BURST_COUNT) return null
    let transmission: Transmission
    try {
      transmission = await transmit('panic', deps.override())
    } catch (error) {
      const { code, retryAfterMs } = expected(error)
      if (code === 'lora_duty_cycle_exhausted') {
        herald.tell(dutyCycleExhausted)
        if (retryAfterMs !== undefined) burstAfter(retryAfterMs)
      }
      throw error
    }
    // it may have been cancelled meanwhile, or begun anew
    const panic = ownPanic()
    if (panic?.since === before.since) {
      await drawer.set({
        panic: {
          ...panic,
          frames_sent: panic.frames_sent + 1,
          overridden: panic.overridden || transmission.overridden,
        },
      })
      herald.tell(stickChanged)
      burstAfter(transmission.airtimeMs + LORA_PANIC_BURST_GAP_MS)
    }
    return transmission
  }

  function burstAfter(ms: number): void {
    stopBurst()
    stopBurst = runtime.after(Math.ceil(ms), goOn)
  }

  /** The rest of a burst; whoever pressed the button was told of the first frame. */
  function goOn(): void {
    burst().catch(expected)
  }

  async function cancel(): Promise<void> {
    stopBurst()
    alertedAt = null
    herald.tell(stickChanged)
    if (!ownPanic()) return
    await drawer.set({ panic: null })
    okNext = true
    plan(0)
  }

  return {
    sent,
    flags,
    ownPanic,
    cancel,
    nextAt: () => nextAt,
    alertSince,

    ready() {
      const last = transmitter.lastSentAt()
      const isFresh = last !== null && runtime.now() - last < FRESH_MS
      if (!isFresh) plan(random() * SPREAD_MS)
      else if (nextAt === null) planNext()
      goOn()
    },

    configured() {
      const longest = deps.intervalSeconds() * 1000 * (1 + LORA_BEACON_JITTER)
      if (nextAt !== null && nextAt - runtime.now() > longest) planNext()
    },

    async beacon(ok) {
      if (ok && ownPanic()) await cancel()
      okNext = ok || okNext
      const transmission = await transmit('beacon')
      planNext()
      return transmission
    },

    async panic() {
      okNext = false
      await drawer.set({ panic: { since: runtime.now(), frames_sent: 0, overridden: false } })
      herald.tell(stickChanged)
      const transmission = await burst()
      if (!transmission) throw new HearthError('lora_hardware_unavailable', 'the call ended before it went out')
      return transmission
    },

    alert() {
      alertedAt = runtime.now()
      herald.tell(stickChanged)
    },

    stop() {
      stopped = true
      stopBeacon()
      stopBurst()
      nextAt = null
    },
  }
}
