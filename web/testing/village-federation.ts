import { forwardDeliver } from '#protocol/civdef/exchange-capabilities.ts'
import { policyChanged } from '#protocol/community/events.ts'
import * as federation from '#protocol/community/federation-capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { PROTOCOL_VERSION } from '#protocol/core/version.ts'
import { registryAnnounce } from '#protocol/protocol/capabilities.ts'
import type { FederationGrant } from '#protocol/protocol/federation.ts'
import { FEDERATION_STAGES } from '#protocol/protocol/federation-paper.ts'
import type { FakeClient } from './fake-client.ts'
import { DAY_MS, nodeIdFor, timeAt, ulidFor } from './village.ts'

/** Communities the village knows: none yet, or one for each way in which an agreement can stand. */
export const FEDERATION_SCENES = ['none', 'partners'] as const
export type FederationScene = (typeof FEDERATION_SCENES)[number]

type Partner = Output<typeof federation.federationList>['partners'][number]

const ANNOUNCE: FederationGrant = { capability: registryAnnounce.name, calls_per_minute: 6 }
const ALERTS: FederationGrant = { capability: forwardDeliver.name, calls_per_minute: 30 }
const UNKNOWN: FederationGrant = {
  capability: 'experimental.fedlearn.round.join',
  calls_per_minute: 2,
  params_constraints: { task: 'weather' },
}
const PARTNERS = ['Sevelen', 'Geldern-Kapellen', 'Wachtendonk', 'Bürgernetz Donaudampfschifffahrt Rhein', 'قرية'] as const

const soon = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString()
const otherOf = (name: string): Partner['other'] => ({
  community_id: nodeIdFor(name),
  name,
  anchor: nodeIdFor(`${name} anchor`),
})

const partnerAt = (at: number): Partner => {
  const state = federation.FEDERATION_STATES[at] ?? 'in_force'
  return {
    manifest_id: ulidFor(300 + at),
    other: otherOf(PARTNERS[at] ?? `Ort ${at}`),
    issued_at: timeAt(20),
    expires_at: state === 'expired' ? timeAt(3) : soon(150),
    state,
    negotiated: state === 'no_common_version' ? null : PROTOCOL_VERSION,
    we_grant: at === 1 ? [] : [ANNOUNCE, ALERTS],
    they_grant: at === 3 ? [UNKNOWN] : [ALERTS],
    connected: at === 0 ? 2 : 0,
  }
}

/**
 * Agreements with other communities (FDR-1) as screens see them. A text to read is what it begins with: `offer`, `answer`,
 * `agreement`, each also with ` old` for two sides without a common version; `over` has expired, all else is no paper.
 */
export function answerFederation(client: FakeClient, scene: FederationScene): void {
  let partners: readonly Partner[] = scene === 'partners' ? federation.FEDERATION_STATES.map((_, at) => partnerAt(at)) : []
  const paper = (stage: string): string => `${stage} ${'eyJtYW5pZmVzdCI6'.repeat(30)}`
  const stageOf = (text: string) => {
    if (text.startsWith('over')) throw new HearthError('expired', 'the agreement is over')
    const stage = FEDERATION_STAGES.find((known) => text.startsWith(known))
    if (!stage) throw new HearthError('bad_request', 'no paper')
    return stage
  }
  client.answer(federation.federationList, () => ({ partners: [...partners] }))
  client.answer(federation.federationPropose, () => ({
    manifest_id: ulidFor(310),
    text: paper('offer'),
    expires_at: soon(180),
  }))
  client.answer(federation.federationInspect, ({ text }) => {
    const stage = stageOf(text)
    return {
      stage,
      manifest_id: ulidFor(310),
      expires_at: soon(180),
      other: otherOf(PARTNERS[0]),
      they_grant: [ALERTS],
      we_grant: stage === 'offer' ? null : [ANNOUNCE, ALERTS],
      negotiated: text.startsWith(`${stage} old`) ? null : PROTOCOL_VERSION,
    }
  })
  client.answer(federation.federationAccept, () => ({ text: paper('answer') }))
  client.answer(federation.federationComplete, () => {
    partners = [partnerAt(0)]
    client.emit(policyChanged)
    return { manifest_id: ulidFor(310), text: paper('agreement') }
  })
  client.answer(federation.federationEnd, ({ manifest_id }) => {
    partners = partners.filter((partner) => partner.manifest_id !== manifest_id)
    client.emit(policyChanged)
    return {}
  })
}
