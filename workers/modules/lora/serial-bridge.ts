import { HearthError } from '#protocol/core/errors.ts'
import { ADAPTER_IDS, type AdapterId, type RadioSettings, type StickProblem } from '#protocol/lora/records.ts'
import { delay, type Runtime } from '../../kernel/runtime.ts'
import { createSignal } from '../../kernel/signal.ts'
import { problemOf } from './adapters/failures.ts'
import { likelyAdapter, namePorts } from './serial-bridge-ports.ts'
import type { PortLike, SerialLike } from './serial-port.ts'
import type { Adapter, Heard, Stick, StickChoice, StickSession, StickStatus, Sticks } from './stick.ts'

/** How often to look for a port that is not there, or taken: events of `connect` do not come on every platform (LOR-6). */
const LOOK_MS = 500
/** After something that is no such stick has answered, more than once; a port that comes or goes ends the wait. */
const UNSUPPORTED_MS = 5_000
/** A stick may still have half of an earlier conversation in it, which one question clears. */
const UNSUPPORTED_AT = 2
/** Closing a port whose device is gone may never end. */
const CLOSE_MS = 500
/** Room for a few frames, should the worker be busy. */
const BUFFER_BYTES = 16_384

export interface SticksDeps {
  readonly runtime: Runtime
  /** Web Serial here, or what stands in for it; null where a browser has neither. */
  readonly serial: () => Promise<SerialLike | null>
  /** A simulated stick of this kind, and air around it in which others use the same settings. */
  readonly simulate: (adapter: AdapterId, settings: RadioSettings) => Promise<SimulatedSurroundings>
  readonly adapter: (id: AdapterId) => Promise<Adapter>
}

export interface SimulatedSurroundings extends SerialLike {
  /** Silences everybody. */
  end(): void
}

/** Opens sticks and keeps them open, unplugged or not. */
export function createSticks({ runtime, serial, simulate, adapter: load }: SticksDeps): Sticks {
  const changed = createSignal<void>()
  let listening: Promise<SerialLike | null> | undefined

  /** The one serial interface, its events passed on from when it was first asked for. */
  function real(): Promise<SerialLike | null> {
    listening ??= serial().then((found) => {
      for (const type of ['connect', 'disconnect'] as const) found?.addEventListener?.(type, () => changed.emit())
      return found
    })
    return listening
  }

  function open(choice: StickChoice, settings: RadioSettings): Stick {
    const heard = createSignal<Heard>()
    const statusChanged = createSignal<void>()
    const stopping = new AbortController()
    /** Ends what this stick is waiting for: the next look for its port, or the end of its session. */
    let wake = (): void => undefined
    let refusals = 0
    let status: StickStatus = { state: 'waiting', problem: 'unplugged', session: null }

    function become(state: StickStatus['state'], problem: StickProblem | null, session: StickSession | null = null): void {
      if (status.state === state && status.problem === problem && status.session === session) return
      status = { state, problem, session }
      statusChanged.emit()
    }

    /** Waits, but not longer than until a port comes or goes, or nobody wants this stick any more. */
    async function pause(ms: number): Promise<void> {
      if (stopping.signal.aborted) return
      const over = new Promise<void>((resolve) => {
        wake = resolve
      })
      const cancel = runtime.after(ms, wake)
      const stop = changed.on(wake)
      await over
      cancel()
      stop()
    }

    async function find(ports: SerialLike): Promise<PortLike | StickProblem> {
      try {
        const named = namePorts(await ports.getPorts())
        const found =
          choice.portId === null || choice.simulated ? named[0] : named.find(({ portId }) => portId === choice.portId)
        return found?.port ?? 'unplugged'
      } catch {
        return 'permission_missing'
      }
    }

    /** One life of a port: open it, use it until it is gone, close it. @returns how long to wait before the next. */
    async function live(port: PortLike, adapter: Adapter): Promise<number> {
      try {
        await port.open({ baudRate: adapter.baudRate, bufferSize: BUFFER_BYTES })
      } catch {
        // held by another program, by another page, or by ourselves from before it was pulled
        await shut(port)
        become('waiting', 'port_taken')
        return LOOK_MS
      }
      become('opening', null)
      try {
        const over = new Promise<void>((resolve) => {
          wake = resolve
        })
        const onHeard = (frame: Heard): void => heard.emit(frame)
        const session = await adapter.open(port, { runtime, settings, onHeard, onLost: wake, signal: stopping.signal })
        become('ready', null, session)
        refusals = 0
        await over
        become('waiting', 'unplugged')
        await session.close()
        return 0
      } catch (error) {
        if (!(error instanceof HearthError)) throw error
        if (error.code !== 'lora_hardware_unsupported') {
          become('waiting', 'unplugged')
          return LOOK_MS
        }
        become('unsupported', problemOf(error) ?? 'wrong_firmware')
        return ++refusals < UNSUPPORTED_AT ? LOOK_MS : UNSUPPORTED_MS
      } finally {
        await shut(port)
      }
    }

    async function shut(port: PortLike): Promise<void> {
      await Promise.race([port.close().catch(() => undefined), delay(runtime, CLOSE_MS)])
    }

    async function keepOpen(ports: SerialLike): Promise<void> {
      const adapter = await load(choice.adapter)
      while (!stopping.signal.aborted) {
        const found = await find(ports)
        if (typeof found === 'string') become('waiting', found)
        await pause(typeof found === 'string' ? LOOK_MS : await live(found, adapter))
      }
    }

    async function run(): Promise<void> {
      if (choice.simulated) {
        const surroundings = await simulate(choice.adapter, settings)
        await keepOpen(surroundings).finally(() => surroundings.end())
        return
      }
      const ports = await real()
      if (ports) await keepOpen(ports)
      else become('waiting', 'no_serial')
    }
    const running = run().catch(reportError)

    return {
      adapter: choice.adapter,
      simulated: choice.simulated,
      status: () => status,
      changed: statusChanged,
      heard,
      async close() {
        stopping.abort()
        wake()
        await running
        status = { state: 'waiting', problem: 'unplugged', session: null }
      },
    }
  }

  return {
    adapters: ADAPTER_IDS,
    changed,
    open,
    async ports() {
      const named = namePorts((await (await real())?.getPorts()) ?? [])
      return named.map(({ portId, port }) => {
        const { usbVendorId = null, usbProductId = null } = port.getInfo()
        return { portId, usbVendorId, usbProductId, likely: likelyAdapter(usbVendorId) }
      })
    },
  }
}
