import type { AckStatus } from '#protocol/civdef/terms.ts'
import type { Output } from '#protocol/core/capability.ts'
import type { nodePeers } from '#protocol/node/capabilities.ts'

type Peers = Output<typeof nodePeers>['peers']

/** Whether somebody would get it now: without anybody, what is signed waits on this device. */
export const isSomebodyThere = (peers: Peers): boolean =>
  peers.some(({ connection }) => connection === 'direct' || connection === 'relayed')

/** Why a person cannot answer, or that they can (CIV-11). */
export type Answering = 'open' | 'mirror' | 'not_collected'

export interface AnsweringFacts {
  readonly isMirror: boolean
  readonly forRoles: boolean
  /** Whether the person answers in a role. */
  readonly inRole: boolean
  /** What the device's policy allows for alerts to everyone. */
  readonly publicAcks: boolean
}

export function answeringOf({ isMirror, forRoles, inRole, publicAcks }: AnsweringFacts): Answering {
  if (isMirror) return 'mirror'
  return forRoles || inRole || publicAcks ? 'open' : 'not_collected'
}

export interface Answered {
  readonly status: AckStatus
  /** ms since 1970. */
  readonly at: number
}
