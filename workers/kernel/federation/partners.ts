import type { CommunityId } from '#protocol/core/ids.ts'
import {
  FEDERATION_MAX_PARTNERS,
  type FederationManifest,
  type FederationSide,
  federationTopicOf,
  federationVersion,
  requireInForce,
  sidesFor,
} from '#protocol/protocol/federation.ts'
import type { CommunityState } from '../community/state.ts'

export type PartnerState = 'in_force' | 'not_begun' | 'expired' | 'lapsed' | 'no_common_version'

/** Another community, as this one sees the agreement with it now. */
export interface Partner {
  readonly manifest: FederationManifest
  readonly relays: readonly string[]
  readonly ours: FederationSide
  readonly theirs: FederationSide
  /** Where devices of the two meet (FDR-5). */
  readonly topic: string
  readonly state: PartnerState
  readonly negotiated: string | null
}

const topics = new WeakMap<FederationManifest, string>()

function topicFor(manifest: FederationManifest): string {
  const topic = topics.get(manifest) ?? federationTopicOf(manifest)
  topics.set(manifest, topic)
  return topic
}

function negotiatedBy(manifest: FederationManifest): string | null {
  try {
    return federationVersion(manifest)
  } catch {
    return null
  }
}

/** Whether this community stands by it: federation is on, and who signed for it is its anchor still (FDR-1). */
function stands({ policy, members }: CommunityState, { anchor }: FederationSide): boolean {
  const signer = members.get(anchor)
  return policy.federation_enabled && signer?.status === 'active' && signer.level === 'anchor'
}

function stateOf(state: CommunityState, partner: Omit<Partner, 'state'>, nowMs: number): PartnerState {
  if (!stands(state, partner.ours)) return 'lapsed'
  try {
    requireInForce(partner.manifest, nowMs)
  } catch {
    return nowMs < Date.parse(partner.manifest.issued_at) ? 'not_begun' : 'expired'
  }
  return partner.negotiated === null ? 'no_common_version' : 'in_force'
}

/** Every agreement that was not ended, newest first. */
export function partnersOf(state: CommunityState, nowMs: number): readonly Partner[] {
  const all = [...state.agreements.values()].flatMap(({ manifest, relays }): Partner[] => {
    const sides = sidesFor(manifest, state.communityId)
    if (!sides) return []
    const partner = { ...sides, manifest, relays, topic: topicFor(manifest), negotiated: negotiatedBy(manifest) }
    return [{ ...partner, state: stateOf(state, partner, nowMs) }]
  })
  return all
    .sort((a, b) => Date.parse(b.manifest.issued_at) - Date.parse(a.manifest.issued_at))
    .slice(0, FEDERATION_MAX_PARTNERS)
}

/** The agreement that this community stands by with another; whether it is in force now is told by its own dates. */
export function agreementWith(state: CommunityState | null | undefined, other: CommunityId): FederationManifest | null {
  const manifest = state?.agreements.get(other)?.manifest
  const sides = state && manifest && sidesFor(manifest, state.communityId)
  return sides && stands(state, sides.ours) ? manifest : null
}
