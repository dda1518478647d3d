import { type Remote, transfer, wrap } from 'comlink'
import { hostRtc } from '../../workers/rtc/host.ts'
import type { BenchWorker } from './bench.worker.ts'

declare global {
  var bench: Remote<BenchWorker>
}

const worker = new Worker(new URL('./bench.worker.ts', import.meta.url), { type: 'module' })
const rtc = new MessageChannel()
hostRtc(rtc.port1)
globalThis.bench = wrap<BenchWorker>(worker)
await globalThis.bench.attachRtc(transfer(rtc.port2, [rtc.port2]))
document.title = 'ready'
