// libp2p takes RTCPeerConnection from the global scope when it loads: the shim comes first
import './rtc/shim.ts'

import { expose } from 'comlink'
import type { Signer } from '#protocol/core/signing.ts'
import { FOUND_MODULES } from './found-modules.ts'
import { type HearthNode, startNode } from './kernel/node.ts'
import { brokerPorts } from './kernel/port/port-broker.ts'
import { serveScreen } from './kernel/port/screen-port.ts'
import { createRealRuntime } from './kernel/real-runtime.ts'
import { createSignal } from './kernel/signal.ts'
import { openDexieStore } from './kernel/store/dexie-store.ts'
import { DATABASE_NAME } from './kernel/store/schema.ts'
import type { OpenTensors } from './kernel/tensors.ts'
import type { NodeControl } from './port.ts'
import { attachRtcPort } from './rtc/shim.ts'

declare const __APP_VERSION__: string

const runtime = createRealRuntime()
const online = createSignal<void>()
self.addEventListener('online', () => online.emit())

/** More than half of this worker's code, and nothing of it is needed before the device has a name. */
const loadMesh = () => import('./kernel/mesh/browser-mesh.ts')

/** Loaded when a person first switches on what computes with others. */
const openTensors: OpenTensors = async (deps) => (await import('./transport/tensor/transport.ts')).createTensorTransport(deps)

const waitingScreens: MessagePort[] = []
let node: HearthNode | null = null
let stopBroker = (): void => {}

const control: NodeControl = {
  async start(options) {
    const store = await openDexieStore(DATABASE_NAME)
    const createMesh = async (signer: Signer) => (await loadMesh()).createBrowserMesh({ runtime, signer, online })
    // under way while the store opens; when it fails, who needs the mesh asks again and says so
    loadMesh().catch(() => undefined)
    const started = await startNode(
      { runtime, store, createMesh, openTensors, modules: FOUND_MODULES },
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
