import type { JsonValue } from '#protocol/core/json.ts'

/**
 * What passes between a screen and the node, over a MessagePort in the leader tab and over a BroadcastChannel from any
 * other: bus messages of many calls at once, told apart by `call`. `open` carries a bus request (BUS-3), `message` what
 * follows on that call either way, `end` says that no more comes from this side.
 */
export type PortMessage =
  | { readonly kind: 'open'; readonly call: string; readonly message: JsonValue }
  | { readonly kind: 'message'; readonly call: string; readonly message: JsonValue }
  | { readonly kind: 'end'; readonly call: string }

/** A channel a screen and the node can post structured clones over; MessagePort and BroadcastChannel both are. */
export interface PortEndpoint {
  postMessage(message: PortMessage): void
  addEventListener(type: 'message', listener: (event: MessageEvent<PortMessage>) => void): void
  removeEventListener(type: 'message', listener: (event: MessageEvent<PortMessage>) => void): void
}

/** Web Lock held by the tab whose node runs. */
export const LEADER_LOCK = 'hearthnet-node'
/** BroadcastChannel on which a follower asks the leader's node for a port of its own. */
export const PORTS_CHANNEL = 'hearthnet-ports'

/** Posted on `PORTS_CHANNEL`: "listen on the BroadcastChannel of this name"; the node answers `attached` there. */
export type PortRequest =
  | { readonly kind: 'attach'; readonly channel: string }
  | { readonly kind: 'attached'; readonly channel: string }
  /** A new leader's node is up: followers attach again. */
  | { readonly kind: 'node-started' }

/** How the window drives its node worker (Comlink). The worker's name is that of a Web Lock it holds while it lives. */
export interface NodeControl {
  /** Multiaddrs of the box that served the app, from `/box.json`; empty on a static host. */
  start(options: { readonly boxes: readonly string[]; readonly appUrl: string }): Promise<void>
  /** Hands over the window half of the RTC shim's port. */
  attachRtc(port: MessagePort): void
  attachScreen(port: MessagePort): void
  /** Clean shutdown: withdraws, flushes, closes. */
  stop(): Promise<void>
}
