import type { PortLike } from './serial-port.ts'

/** A firmware at the other end of a cable. */
export interface Firmware {
  /** Power comes on. */
  boot(): void
  /** Power goes off: everything it knew is gone. */
  off(): void
  receive(bytes: Uint8Array): void
}

/** How bad the cable is. */
export interface CableFaults {
  /** Longest piece in which bytes arrive; unset is as they were said. */
  readonly pieces?: number
  /** Called for every piece the stick says; what it returns arrives instead. */
  readonly garble?: (piece: Uint8Array) => Uint8Array
}

export interface SimulatedCable {
  readonly port: PortLike
  readonly plugged: boolean
  /** Bytes over the cable so far, both ways. */
  readonly carried: number
  /** The stick says something. */
  say(bytes: Uint8Array): void
  plug(): void
  pull(): void
  /** Pulls it when so many more bytes have gone over it, in the middle of whatever that is. */
  pullAfter(bytes: number): void
}

export interface CableOptions {
  readonly firmware: Firmware
  readonly info: { readonly usbVendorId: number; readonly usbProductId: number }
  /** Goes on without USB power, so that half a command stays where it is. */
  readonly battery: boolean
  readonly faults?: CableFaults
}

const lostError = (): DOMException => new DOMException('The device has been lost.', 'NetworkError')

/**
 * A serial port as Chromium shows one, its traps included: a lost device fails the read and nothing else, what is written to
 * it is taken and goes nowhere, and a port that was lost is still open until it is closed.
 */
export function createSimulatedCable({ firmware, info, battery, faults = {} }: CableOptions): SimulatedCable {
  let plugged = false
  let running = false
  let port = createPort()
  let carried = 0
  let pullAt = Number.POSITIVE_INFINITY

  /** Passes as much on as still goes over the cable. */
  function carry(bytes: Uint8Array, deliver: (part: Uint8Array) => void): void {
    const part = bytes.subarray(0, Math.max(0, pullAt - carried))
    carried += part.length
    if (part.length > 0) deliver(part)
    if (carried >= pullAt) cable.pull()
  }

  function pieces(bytes: Uint8Array): readonly Uint8Array[] {
    const size = faults.pieces ?? bytes.length
    return Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.slice(n * size, (n + 1) * size))
  }

  /** Each time it is plugged in the browser has a new port for it. */
  function createPort(): PortLike & { hear(bytes: Uint8Array): void; lose(): void } {
    let opened = false
    let here = true
    let toHost: ReadableStreamDefaultController<Uint8Array> | undefined
    let readable: ReadableStream<Uint8Array> | null = null
    let writable: WritableStream<Uint8Array> | null = null
    return {
      get readable() {
        return readable
      },
      get writable() {
        return writable
      },
      async open() {
        if (opened) throw new DOMException('The port is already open.', 'InvalidStateError')
        if (!here || !plugged) throw new DOMException('Failed to open serial port.', 'NetworkError')
        opened = true
        readable = new ReadableStream<Uint8Array>({
          start(controller) {
            toHost = controller
          },
          cancel() {
            toHost = undefined
          },
        })
        writable = new WritableStream<Uint8Array>({
          write(bytes) {
            if (here) carry(bytes, (part) => firmware.receive(part))
          },
        })
      },
      async close() {
        if (readable?.locked || writable?.locked) throw new TypeError('Cannot close a port whose streams are in use.')
        opened = false
        toHost = undefined
        readable = null
        writable = null
      },
      getInfo: () => info,
      hear: (bytes) => toHost?.enqueue(bytes),
      lose() {
        here = false
        toHost?.error(lostError())
        toHost = undefined
        readable = null
      },
    }
  }

  const cable: SimulatedCable = {
    get port() {
      return port
    },
    get plugged() {
      return plugged
    },
    get carried() {
      return carried
    },
    say(bytes) {
      for (const piece of pieces(bytes)) {
        // what nobody listens to is not carried
        if (plugged && port.readable) carry(faults.garble?.(piece) ?? piece, (part) => port.hear(part.slice()))
      }
    },
    plug() {
      if (plugged) return
      plugged = true
      port = createPort()
      if (!running) firmware.boot()
      running = true
    },
    pull() {
      if (!plugged) return
      plugged = false
      pullAt = Number.POSITIVE_INFINITY
      if (!battery) {
        running = false
        firmware.off()
      }
      port.lose()
    },
    pullAfter(bytes) {
      pullAt = carried + bytes
    },
  }
  return cable
}
