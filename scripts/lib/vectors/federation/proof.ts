import type { CommunityId } from '#protocol/core/ids.ts'
import { checkFederation, type FederationManifest, federationTopicOf, grantOf } from '#protocol/protocol/federation.ts'
import { readPaper, stageOf, writePaper } from '#protocol/protocol/federation-paper.ts'
import type { Proofs } from '../proof.ts'

interface Call {
  readonly manifest: FederationManifest
  readonly by: CommunityId
  readonly caller: CommunityId
  readonly capability: string
}

export const proofs = {
  async 'federation.check'({ manifest, now }: { manifest: unknown; now: string }) {
    const checked = await checkFederation(manifest, Date.parse(now))
    return { version: checked.version, topic: federationTopicOf(checked.manifest) }
  },
  'federation.grant'({ manifest, by, caller, capability }: Call) {
    return { calls_per_minute: grantOf(manifest, by, caller, capability).calls_per_minute }
  },
  'federation.paper'({ text }: { text: string }) {
    const paper = readPaper(text)
    return { stage: stageOf(paper), manifest_id: paper.manifest_id, text: writePaper(paper) }
  },
} satisfies Proofs
