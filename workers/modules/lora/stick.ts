import type { AdapterId, RadioSettings, StickProblem, StickState } from '#protocol/lora/records.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import type { Signal } from '../../kernel/signal.ts'

/** What a port gives while it is open: a Web Serial port, one over WebUSB, or a simulated one. */
export interface ByteStreams {
  /** Null when the port is closed or gone; after a framing error a port offers another one. */
  readonly readable: ReadableStream<Uint8Array> | null
  readonly writable: WritableStream<Uint8Array> | null
}

/** One frame as the radio heard it. */
export interface Heard {
  /** What was sent, without what the adapter's firmware puts around it. Any length: nobody has looked at it yet. */
  readonly frame: Uint8Array
  /** dBm; null where the stick does not tell. */
  readonly rssiDbm: number | null
  /** dB; null where the stick does not tell. */
  readonly snrDb: number | null
}

export interface Sent {
  /** Airtime as the stick tells it, in milliseconds; null where it does not. The ledger takes the larger of its own and this. */
  readonly airtimeMs: number | null
}

/** A stick that answered and has the settings that were asked for. */
export interface StickSession {
  /** What it says it runs. */
  readonly firmware: string
  /** As it echoed them, not as they were asked for. */
  readonly settings: RadioSettings
  /** Bytes that the firmware adds to a frame on the air: they cost airtime, too. */
  readonly overheadBytes: number
  /**
   * Resolves when the stick took the frame, or when it is on the air where the stick tells. Never tried again by itself: a
   * frame that may have gone out must not go out twice.
   * @throws HearthError `lora_duty_cycle_exhausted` when the stick itself refuses (with `retryAfterMs` where it knows),
   *   `lora_hardware_unavailable` when it is gone, `timeout`
   */
  send(frame: Uint8Array<ArrayBuffer>): Promise<Sent>
  close(): Promise<void>
}

export interface SessionOptions {
  readonly runtime: Runtime
  readonly settings: RadioSettings
  readonly onHeard: (heard: Heard) => void
  /** Said once, when the session ends without `close`. */
  readonly onLost: () => void
  /** Gives up while it is being opened. */
  readonly signal?: AbortSignal
}

/** How one kind of firmware is talked to. */
export interface Adapter {
  readonly id: AdapterId
  readonly baudRate: number
  /**
   * Initialises and verifies, over a port that may still be saying something else.
   * @throws HearthError `lora_hardware_unsupported` for a foreign firmware or settings it does not take (`data.problem` one of
   *   `StickProblem`), `lora_hardware_unavailable` when it is gone, `timeout`
   */
  open(streams: ByteStreams, options: SessionOptions): Promise<StickSession>
}

export interface StickStatus {
  readonly state: Exclude<StickState, 'none'>
  readonly problem: StickProblem | null
  /** There while `ready`. */
  readonly session: StickSession | null
}

/**
 * An attached stick, plugged in or not: it finds its port again and opens a new session within 2 s of coming back (LOR-6). The
 * service needs to know nothing of ports.
 */
export interface Stick {
  readonly adapter: AdapterId
  readonly simulated: boolean
  status(): StickStatus
  readonly changed: Signal<void>
  readonly heard: Signal<Heard>
  /** Lets go of the port for good. */
  close(): Promise<void>
}

export interface StickChoice {
  readonly adapter: AdapterId
  /** Null for the only port there is, or for a simulated stick. */
  readonly portId: string | null
  readonly simulated: boolean
}

/** A port this person has let the app use. */
export interface KnownPort {
  readonly portId: string
  readonly usbVendorId: number | null
  readonly usbProductId: number | null
  /** The adapter such a chip usually is. */
  readonly likely: AdapterId | null
}

/** What the service asks of everything below it; `serial-bridge.ts` makes it (`createSticks`). */
export interface Sticks {
  readonly adapters: readonly AdapterId[]
  ports(): Promise<readonly KnownPort[]>
  /** Ports were plugged in, pulled or granted. */
  readonly changed: Signal<void>
  /** Begins to open it; the stick tells how far it is. Other settings are another `open`, after `close`. */
  open(choice: StickChoice, settings: RadioSettings): Stick
}
