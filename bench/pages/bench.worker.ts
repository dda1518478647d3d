// libp2p takes RTCPeerConnection from the global scope when it is loaded
import '../../workers/rtc/shim.ts'

import { expose } from 'comlink'
import type { SignedEvent } from '#protocol/core/event.ts'
import { attachRtcPort } from '../../workers/rtc/shim.ts'
import type { ClaimLog } from '../support/claims.ts'
import { auditAtScale } from './civdef/audit.ts'
import { claimsAtScale } from './evidence/scale.ts'
import { ingestSegments } from './ingest.ts'
import { equip, joinMesh, peersNow, reconcile } from './neighbour.ts'
import { profile } from './profile.ts'
import { ingestRecords } from './records.ts'
import { rebuildViews, writeRecords, writeSegments } from './stores.ts'
import { busEcho, directPeers, foundAndInvite, redeem, startWholeNode, streamEcho } from './whole-node.ts'

let loaded: ClaimLog | null = null

function history(): ClaimLog {
  if (!loaded) throw new TypeError('load the claims first')
  return loaded
}

const first = (count: number): readonly SignedEvent[] => history().claims.slice(0, count)

/** What the measurements ask of a page; each runs in the page's worker, as the node does. Times in milliseconds. */
const api = {
  attachRtc: attachRtcPort,

  /** Fetches the claims that the measurement signed, and keeps them parsed in memory. */
  async load(url: string): Promise<number> {
    const response = await fetch(url)
    // written by the measurement itself
    loaded = (await response.json()) as ClaimLog
    return loaded.claims.length
  },

  ingestSegments: (count: number) => ingestSegments(history(), first(count)),
  ingestRecords: (count: number) => ingestRecords(first(count)),
  profile: (count: number) => profile(history().community, first(count)),
  writeSegments: (count: number) => writeSegments(first(count)),
  writeRecords: (count: number) => writeRecords(first(count)),
  rebuildViews: (count: number) => rebuildViews(history(), count),
  claimsAtScale,
  auditAtScale,

  joinMesh,
  /** Fills this browser's log: with everything (`null`), or with all claims but the last `without`. */
  equip: (without: number | null) => equip(history(), without),
  peersNow,
  reconcile,

  startWholeNode,
  foundAndInvite,
  redeem,
  directPeers,
  busEcho,
  streamEcho,
}
export type BenchWorker = typeof api

expose(api)
