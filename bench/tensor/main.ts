import { type Remote, transfer, wrap } from 'comlink'
import { hostRtc } from '../../workers/rtc/host.ts'
import type { TensorWorker } from './tensor.worker.ts'

declare global {
  var tensors: Remote<TensorWorker>
}

const worker = new Worker(new URL('./tensor.worker.ts', import.meta.url), { type: 'module' })
const rtc = new MessageChannel()
hostRtc(rtc.port1)
globalThis.tensors = wrap<TensorWorker>(worker)
await globalThis.tensors.attachRtc(transfer(rtc.port2, [rtc.port2]))
document.title = 'ready'
