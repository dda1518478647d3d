import { federationAgreed } from '#protocol/community/events.ts'
import { schemaHash } from '#protocol/core/capability.ts'
import { CLOCK_SKEW_SECONDS } from '#protocol/core/clock.ts'
import { contentIdOf } from '#protocol/core/hash.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { issueToken, type TokenPayload } from '#protocol/core/token.ts'
import { PROTOCOL_VERSION } from '#protocol/core/version.ts'
import { registryAnnounce, versionList } from '#protocol/protocol/capabilities.ts'
import { CONFORMANCE_DEFAULT_SEED } from '#protocol/protocol/constants.ts'
import { signFederation, type UnsignedFederationManifest } from '#protocol/protocol/federation.ts'
import { writePaper } from '#protocol/protocol/federation-paper.ts'
import {
  type CaseResult,
  casesHash,
  countSections,
  type FaultRow,
  faultsSummary,
  overallOf,
} from '#protocol/protocol/report.ts'
import { people, ulidOf } from '../../vectors/seeded.ts'
import type { Examples } from '../examples.ts'
import { BOX, eventBy } from './community.ts'
import { AT, SECONDS } from './core.ts'

const IMPLEMENTATION = { name: 'Nest', vendor: 'Vogelfreunde', version: '0.1' }

/** An agreement as it comes about: the offer, the manifest, the event that keeps it, a pass, and a call with that. */
async function federation() {
  const { anna, carla, dora } = await people()
  const [first, second] = [anna, carla].sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1))
  if (!first || !second) throw new TypeError('two sides')
  const unsigned: UnsignedFederationManifest = {
    manifest_id: ulidOf('federation'),
    issued_at: AT,
    expires_at: '2026-11-26T08:14:22Z',
    sides: [first, second].map(({ nodeId }) => ({
      community_id: nodeId,
      name: nodeId === anna.nodeId ? 'Issum' : 'Sevelen',
      anchor: nodeId,
      protocol_versions: [PROTOCOL_VERSION],
      grants: [{ capability: registryAnnounce.name, calls_per_minute: 6 }],
    })),
  }
  const manifest = { ...unsigned, signatures: [await signFederation(first, unsigned), await signFederation(second, unsigned)] }
  const sides = unsigned.sides.filter(({ community_id }) => community_id === anna.nodeId)
  const pass: TokenPayload = {
    iss: carla.nodeId,
    sub: dora.nodeId,
    aud: anna.nodeId,
    iat: SECONDS,
    nbf: SECONDS - CLOCK_SKEW_SECONDS,
    exp: SECONDS + 86_400,
    jti: ulidOf('pass'),
    scope: { capabilities: [registryAnnounce.name] },
    issued_via: 'federation',
  }
  return {
    'federation-manifest': manifest,
    'federation-offer': writePaper({ ...unsigned, sides, signatures: [], relays: [BOX] }),
    'event-federation-agreed': await eventBy(
      anna,
      federationAgreed,
      { manifest, relays: [BOX] },
      { lamport: 12, prev: contentIdOf('the event before') },
    ),
    'federation-pass': pass,
    'federation-request': await signRecord(dora, {
      capability: registryAnnounce.name,
      version: registryAnnounce.version,
      request_id: ulidOf('federation request'),
      from: dora.nodeId,
      community: carla.nodeId,
      timestamp: AT,
      body: { params: {}, input: {} },
      token: await issueToken(carla, pass),
    }),
  }
}

async function report() {
  const { anna } = await people()
  const cases: CaseResult[] = [
    {
      id: 'BUS-1.newer-minor',
      rule: 'BUS-1',
      title: 'A newer minor version than is served is not served',
      section: 'core/bus',
      state: 'passed',
    },
    {
      id: 'EVI-3.levels',
      rule: 'EVI-3',
      title: 'An attested claim is attested',
      section: 'experimental/evidence',
      state: 'skipped',
      reason: 'experimental.evidence.claim.get is not announced',
    },
  ]
  const faults: FaultRow[] = [
    { fault: 'bus/replays', rule: 'BUS-3', target: 'loopback', by: 'BUS-3.replay', reason: null },
    { fault: 'bus/wakes-the-neighbours', rule: 'BUS-3', target: null, by: null, reason: 'nothing of it is on the wire' },
  ]
  const sections = countSections(cases)
  const summary = await signRecord(anna, {
    node_id: anna.nodeId,
    implementation: IMPLEMENTATION,
    protocol_version: PROTOCOL_VERSION,
    suite_version: '1.0.0',
    target: 'http',
    seed: CONFORMANCE_DEFAULT_SEED,
    started_at: AT,
    ended_at: '2026-05-26T08:15:02Z',
    overall: overallOf(sections),
    sections,
    cases_hash: casesHash(cases),
    faults: faultsSummary(faults),
  })
  return { format: 'hearthnet-conformance-report', version: 1, summary, cases, faults }
}

/** M32. */
export async function protocolExamples(): Promise<Examples> {
  const { anna } = await people()
  return {
    descriptor: await signRecord(anna, {
      node_id: anna.nodeId,
      ...IMPLEMENTATION,
      protocol_versions: ['3.0.0', '2.4.1'],
      homepage: 'https://nest.example/',
      contact: 'nest@nest.example',
      capabilities: [
        {
          name: versionList.name,
          module: 'protocol',
          state: 'stable',
          version: versionList.version,
          schema_hash: schemaHash(versionList),
        },
        {
          name: 'experimental.evidence.claim.assert',
          module: 'evidence',
          state: 'not_built',
          version: null,
          schema_hash: null,
        },
      ],
      issued_at: AT,
    }),
    report: await report(),
    ...(await federation()),
  }
}
