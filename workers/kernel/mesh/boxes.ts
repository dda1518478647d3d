import type { Connection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { HearthError } from '#protocol/core/errors.ts'
import type { Runtime } from '../runtime.ts'
import { createSignal, type Signal } from '../signal.ts'
import { type Backoff, createBackoff } from './backoff.ts'
import { boxPeerOf } from './box-address.ts'
import { withDeadline } from './deadline.ts'
import { MAX_BOXES, type MeshNode } from './libp2p-node.ts'
import type { BoxConnection } from './mesh.ts'

const DIAL_MS = 15_000

/** One box: a peer id and the addresses it can be reached at. */
export interface Box {
  readonly peer: string
  readonly addresses: readonly string[]
  readonly connection: Connection | undefined
}

interface Entry {
  peer: string
  addresses: string[]
  connection: Connection | undefined
  state: BoxConnection['state']
  since: number
  backoff: Backoff
  cancel: () => void
  dialling: boolean
}

export interface Boxes {
  start(): void
  stop(): void
  set(multiaddrs: readonly string[]): void
  has(peer: string): boolean
  list(): readonly Box[]
  states(): readonly BoxConnection[]
  /** Tries those that are away at once: the network came back. */
  wake(): void
  readonly changed: Signal<void>
  readonly connected: Signal<Box>
  readonly lost: Signal<Box>
}

/** Keeps a connection to each box, for ever, and costs one timer for each that is away. */
export function createBoxes({ runtime, node }: { readonly runtime: Runtime; readonly node: MeshNode }): Boxes {
  const entries = new Map<string, Entry>()
  const changed = createSignal<void>()
  const connected = createSignal<Box>()
  const lost = createSignal<Box>()
  let running = false

  function enter(entry: Entry, state: Entry['state']): void {
    if (entry.state === state) return
    entry.state = state
    entry.since = runtime.now()
    changed.emit()
  }

  function schedule(entry: Entry, ms: number): void {
    entry.cancel()
    if (running) entry.cancel = runtime.after(ms, () => void dial(entry))
  }

  async function dial(entry: Entry): Promise<void> {
    if (!running || entry.dialling || entry.connection || entries.get(entry.peer) !== entry) return
    entry.dialling = true
    if (entry.state !== 'unreachable') enter(entry, 'connecting')
    try {
      const addresses = entry.addresses.map((address) => multiaddr(address))
      await withDeadline(runtime, DIAL_MS, undefined, (signal) => node.dial(addresses, { signal }))
    } catch {
      enter(entry, 'unreachable')
      schedule(entry, entry.backoff.next())
    } finally {
      entry.dialling = false
    }
  }

  function onOpen({ detail }: CustomEvent<Connection>): void {
    const entry = entries.get(detail.remotePeer.toString())
    if (!entry || entry.connection) return
    entry.connection = detail
    entry.backoff.reset()
    entry.cancel()
    enter(entry, 'connected')
    connected.emit(entry)
  }

  function onClose({ detail }: CustomEvent<Connection>): void {
    const entry = entries.get(detail.remotePeer.toString())
    if (!entry || entry.connection !== detail) return
    entry.connection = node.getConnections(detail.remotePeer).find(({ status }) => status === 'open')
    if (entry.connection) return
    enter(entry, 'connecting')
    lost.emit(entry)
    schedule(entry, entry.backoff.next())
  }

  function remove(entry: Entry): void {
    entries.delete(entry.peer)
    entry.cancel()
    if (!entry.connection) return
    lost.emit(entry)
    void node.hangUp(peerIdFromString(entry.peer)).catch((cause: Error) => entry.connection?.abort(cause))
  }

  function add(peer: string, addresses: string[]): void {
    const connection = node.getConnections(peerIdFromString(peer)).find(({ status }) => status === 'open')
    const state = connection ? 'connected' : 'connecting'
    const backoff = createBackoff(runtime)
    const entry: Entry = {
      peer,
      addresses,
      connection,
      state,
      since: runtime.now(),
      backoff,
      cancel: () => undefined,
      dialling: false,
    }
    entries.set(peer, entry)
    if (connection) connected.emit(entry)
    else schedule(entry, 0)
  }

  return {
    changed,
    connected,
    lost,
    start() {
      running = true
      node.addEventListener('connection:open', onOpen)
      node.addEventListener('connection:close', onClose)
      for (const entry of entries.values()) schedule(entry, 0)
    },
    stop() {
      running = false
      node.removeEventListener('connection:open', onOpen)
      node.removeEventListener('connection:close', onClose)
      for (const entry of entries.values()) entry.cancel()
    },
    set(multiaddrs) {
      const wanted = new Map<string, string[]>()
      for (const address of multiaddrs) {
        const peer = boxPeerOf(address)
        if (peer === null) throw new HearthError('bad_request', 'a box address ends in /p2p/<peer id>')
        wanted.set(peer, [...(wanted.get(peer) ?? []), address])
      }
      for (const entry of [...entries.values()]) if (!wanted.has(entry.peer)) remove(entry)
      for (const [peer, addresses] of [...wanted].slice(0, MAX_BOXES)) {
        const known = entries.get(peer)
        if (known) known.addresses = addresses
        else add(peer, addresses)
      }
      changed.emit()
    },
    has: (peer) => entries.has(peer),
    list: () => [...entries.values()],
    states: () =>
      [...entries.values()].map(({ addresses, connection, state, since }) => ({
        multiaddr: connection?.remoteAddr.toString() ?? addresses[0] ?? '',
        state,
        since,
      })),
    wake() {
      for (const entry of entries.values()) {
        entry.backoff.reset()
        if (!entry.connection) schedule(entry, 0)
      }
    },
  }
}
