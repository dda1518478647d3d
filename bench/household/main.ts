import { type Remote, transfer, wrap } from 'comlink'
import { hostRtc } from '../../workers/rtc/host.ts'
import type { HouseholdWorker } from './node.worker.ts'

declare global {
  var house: Remote<HouseholdWorker>
  /** Ends all connections of this page, as a network does that goes. */
  var cutNetwork: () => void
}

const worker = new Worker(new URL('./node.worker.ts', import.meta.url), { type: 'module' })
const rtc = new MessageChannel()
const host = hostRtc(rtc.port1)
globalThis.house = wrap<HouseholdWorker>(worker)
globalThis.cutNetwork = () => host.close()
// as the app's window does: it hangs up, and the node is told and has what time the browser gives it
addEventListener('pagehide', () => {
  void globalThis.house.stop().finally(() => worker.terminate())
  host.close()
})
await globalThis.house.attachRtc(transfer(rtc.port2, [rtc.port2]))
document.title = 'ready'
