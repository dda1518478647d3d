import { federationAccept, federationComplete, federationPropose } from '#protocol/community/federation-capabilities.ts'
import type { FederationGrant } from '#protocol/protocol/federation.ts'
import type { Villager } from './village.ts'

/** Two anchors hand each other the three texts of an agreement (FDR-1). @returns them */
export async function agree(
  from: Villager,
  to: Villager,
  grants: readonly FederationGrant[],
  back: readonly FederationGrant[],
  valid_seconds = 86_400,
) {
  const offer = await from.node.bus.call(federationPropose, { grants: [...grants], valid_seconds })
  const answer = await to.node.bus.call(federationAccept, { text: offer.text, grants: [...back] })
  const whole = await from.node.bus.call(federationComplete, answer)
  await to.node.bus.call(federationComplete, { text: whole.text })
  return { offer, answer, whole }
}
