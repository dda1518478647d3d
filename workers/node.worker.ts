// libp2p takes RTCPeerConnection from the global scope when it loads: the shim comes first. An import without names keeps its
// place when imports are sorted.
import './rtc/shim.ts'

import { expose } from 'comlink'
import { FOUND_MODULES } from './found-modules.ts'
import { browserTransports } from './kernel/mesh/browser-transports.ts'
import { createLibp2pMesh } from './kernel/mesh/libp2p-mesh.ts'
import { type HearthNode, startNode } from './kernel/node.ts'
import { brokerPorts } from './kernel/port/port-broker.ts'
import { serveScreen } from './kernel/port/screen-port.ts'
import { createRealRuntime } from './kernel/real-runtime.ts'
import { createSignal } from './kernel/signal.ts'
import { openDexieStore } from './kernel/store/dexie-store.ts'
import { DATABASE_NAME } from './kernel/store/schema.ts'
import type { NodeControl } from './port.ts'
import { attachRtcPort } from './rtc/shim.ts'

declare const __APP_VERSION__: string

const runtime = createRealRuntime()
const online = createSignal<void>()
self.addEventListener('online', () => online.emit())

const waitingScreens: MessagePort[] = []
let node: HearthNode | null = null
let stopBroker = (): void => {}

const control: NodeControl = {
  async start(options) {
    const store = await openDexieStore(DATABASE_NAME)
    const createMesh = (signer: Parameters<typeof createLibp2pMesh>[0]['signer']) =>
      createLibp2pMesh({ runtime, signer, online }, { transports: browserTransports() })
    const started = await startNode(
      { runtime, store, createMesh, modules: FOUND_MODULES },
      { ...options, version: __APP_VERSION__ },
    )
    node = started
    for (const port of waitingScreens.splice(0)) serveScreen(started.bus, port)
    stopBroker = brokerPorts(started.bus)
  },
  attachRtc: attachRtcPort,
  attachScreen(port) {
    if (node) serveScreen(node.bus, port)
    else waitingScreens.push(port)
  },
  async stop() {
    stopBroker()
    await node?.stop()
    node = null
  },
}

// held as long as this worker lives: the window that started it under this name waits for the same lock
navigator.locks.request(self.name, () => new Promise(() => undefined))
expose(control)
