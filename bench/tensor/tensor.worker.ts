// libp2p takes RTCPeerConnection from the global scope when it is loaded
import '../../workers/rtc/shim.ts'

import { expose } from 'comlink'
import type { NodeId } from '#protocol/core/ids.ts'
import { browserTransports } from '../../workers/kernel/mesh/browser-transports.ts'
import { createLibp2pMesh } from '../../workers/kernel/mesh/libp2p-mesh.ts'
import type { Mesh } from '../../workers/kernel/mesh/mesh.ts'
import { createRealRuntime } from '../../workers/kernel/real-runtime.ts'
import { delay } from '../../workers/kernel/runtime.ts'
import type { TensorGrant, TensorSession, TensorSessionOptions, TensorTransport } from '../../workers/kernel/tensors.ts'
import { attachRtcPort } from '../../workers/rtc/shim.ts'
import { testSigner } from '../../workers/testing/test-identity.ts'
import { createTensorTransport } from '../../workers/transport/tensor/transport.ts'

const PURPOSE = 'bench'
const PLAIN = '/hearthnet/bench/plain'
const PLAIN_FRAME_BYTES = 65_000

const runtime = createRealRuntime()
let node: { readonly mesh: Mesh; readonly transport: TensorTransport } | null = null
const sessions: TensorSession[] = []

function required<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new TypeError('not there yet')
  return value
}

/** Bytes that no compression shrinks, as quantised weights are. */
function noise(bytes: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes)
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(out.subarray(at, at + 65_536))
  return out
}

async function join(options: {
  readonly seed: number
  readonly boxes: readonly string[]
  readonly community: NodeId
}): Promise<NodeId> {
  const signer = await testSigner(options.seed)
  const mesh = await createLibp2pMesh({ runtime, signer }, { transports: browserTransports() })
  mesh.handle({
    protocol: PLAIN,
    maxFrameBytes: PLAIN_FRAME_BYTES,
    async handle(stream) {
      let left = 0
      for await (const frame of stream.frames) {
        left += frame.length
        if (frame.length === 1) await stream.send(frame)
      }
      return void left
    },
  })
  node = { mesh, transport: createTensorTransport({ runtime, signer, mesh }) }
  await mesh.start()
  mesh.setBoxes(options.boxes)
  mesh.enter(options.community)
  return signer.nodeId
}

const directPeers = (): readonly NodeId[] =>
  required(node)
    .mesh.peers()
    .flatMap(({ nodeId, connection }) => (connection === 'direct' ? [nodeId] : []))

/** Offers a session and reads whatever comes over it. */
async function offer(peer: NodeId, options: TensorSessionOptions): Promise<TensorGrant> {
  const { session, session_id, session_token } = await required(node).transport.offer({ peer, purpose: PURPOSE, options })
  void session.then(async ({ tensors }) => {
    for await (const tensor of tensors) if (tensor.bytes.length === 0) return
  })
  return { session_id, session_token, purpose: PURPOSE }
}

/** @returns the session's number */
async function connect(peer: NodeId, grant: TensorGrant, options: TensorSessionOptions): Promise<number> {
  return sessions.push(await required(node).transport.connect(peer, grant, options)) - 1
}

/** Numbers that repeat, as a mask or padding does. */
const dull = (bytes: number): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Uint32Array.from({ length: bytes / 4 }, (_, at) => at >> 6).buffer)

/** Milliseconds until a tensor is acknowledged whole. */
async function sendTensor(session: number, bytes: number, kind: 'noise' | 'dull'): Promise<number> {
  const tensor = { dtype: 'int8', shape: [bytes], bytes: kind === 'noise' ? noise(bytes) : dull(bytes) } as const
  const started = performance.now()
  await required(sessions[session]).send(tensor)
  return performance.now() - started
}

/** Milliseconds until each of so many urgent tensors is acknowledged; the next goes `gapMs` later. */
async function sendUrgent(session: number, bytes: number, count: number, gapMs: number): Promise<readonly number[]> {
  const tensor = { dtype: 'int8', shape: [bytes], bytes: noise(bytes) } as const
  const times: number[] = []
  for (let n = 0; n < count; n++) {
    const started = performance.now()
    await required(sessions[session]).send(tensor, { urgent: true })
    times.push(performance.now() - started)
    await delay(runtime, gapMs)
  }
  return times
}

let saturating = false
/** Sends bulk over a session until told to stop. @returns megabytes a second */
async function saturate(session: number, bytes: number): Promise<number> {
  const tensor = { dtype: 'int8', shape: [bytes], bytes: noise(bytes) } as const
  saturating = true
  const started = performance.now()
  let sent = 0
  while (saturating) {
    await required(sessions[session]).send(tensor)
    sent += bytes
  }
  return sent / 1000 / (performance.now() - started)
}

/** Milliseconds until the other side has read as many bytes from a plain stream of the mesh. */
async function sendPlain(peer: NodeId, bytes: number): Promise<number> {
  const stream = await required(node).mesh.open(peer, PLAIN, { maxFrameBytes: PLAIN_FRAME_BYTES })
  const data = noise(bytes)
  const started = performance.now()
  for (let at = 0; at < bytes; at += PLAIN_FRAME_BYTES) await stream.send(data.subarray(at, at + PLAIN_FRAME_BYTES))
  await stream.send(Uint8Array.of(1))
  await stream.frames[Symbol.asyncIterator]().next()
  const ms = performance.now() - started
  await stream.close()
  return ms
}

const api = {
  attachRtc: attachRtcPort,
  join,
  directPeers,
  offer,
  connect,
  sendTensor,
  sendUrgent,
  saturate,
  stopSaturating: () => {
    saturating = false
  },
  sendPlain,
  statsOf: (session: number) => required(sessions[session]).stats(),
}
export type TensorWorker = typeof api

expose(api)
