import type { communityGet } from '#protocol/community/capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import { DEFAULT_POLICY, type MemberLevel } from '#protocol/core/community.ts'
import { toBase32, toHex, utf8 } from '#protocol/core/encoding.ts'
import { hashOf, sha256 } from '#protocol/core/hash.ts'
import {
  type ClaimId,
  type ContentId,
  type NodeId,
  nodeIdOf,
  parseClaimId,
  parseUlid,
  type Signature,
  type Ulid,
} from '#protocol/core/ids.ts'
import type { ClaimRecord, Voice } from '#protocol/evidence/records.ts'
import type { nodePeers } from '#protocol/node/capabilities.ts'

// people, mesh and claims of a village that does not exist, the same in every run

export type Community = NonNullable<Output<typeof communityGet>['community']>
export type Member = Community['members'][number]
export type Mesh = Output<typeof nodePeers>

export const DAY_MS = 86_400_000
const NOW = Date.parse('2026-05-26T08:00:00Z')

export const nodeIdFor = (name: string): NodeId => nodeIdOf(sha256(utf8(name)))
export const contentIdFor = (name: string): ContentId => hashOf(utf8(name))
export const claimIdFor = (name: string): ClaimId => parseClaimId(toBase32(sha256(utf8(name))))
export const ulidFor = (number: number): Ulid => parseUlid(number.toString().padStart(26, '0'))
export const timeAt = (daysAgo: number): string => new Date(NOW - daysAgo * DAY_MS).toISOString()

export const NAMES = [
  'Anna',
  'Ben',
  'Çem Yılmaz',
  'Dörte Großmann',
  'Emil',
  'فاطمة',
  'Greta',
  'Hannes Donaudampfschifffahrtsgesellschaftskapitän',
  'Ines',
  'Jonas',
  'Katja (Tablet)',
  'Luise',
  'Mehmet',
  'Nele',
  'Oskar',
  'Petra',
  'Quirin',
  'Rosa',
  'Sven',
  'Tilda',
  'Udo',
  'Vera',
  'Willi',
  'Xenia',
  'Yusuf',
  'Zoë',
  'Agnes',
  'Bruno',
  'Clara',
  'David',
  'Elif',
  'Franz',
  'Gisela',
  'Heinz',
  'Ida',
  'Jan',
  'Karl',
  'Lena',
  'Marta',
  'Norbert',
  'Olga',
] as const

const levelAt = (at: number): MemberLevel => (at === 0 ? 'anchor' : at < 3 ? 'trusted' : 'member')

const memberAt = (at: number): Member => {
  const name = NAMES[at] ?? `Nachbar ${at}`
  return {
    node_id: nodeIdFor(name),
    display_name: name,
    level: levelAt(at),
    status: at === 5 ? 'left' : at === 6 ? 'revoked' : 'active',
    joined_at: timeAt(60 - at),
    invited_by: at === 0 ? null : nodeIdFor(NAMES[Math.floor(at / 3)] ?? NAMES[0]),
  }
}

/** @param count people in it, Anna first and keeping order. */
export function villageOf(count: number): Community {
  const members = Array.from({ length: count }, (_, at) => memberAt(at))
  return {
    community_id: nodeIdFor(NAMES[0]),
    name: 'Issum',
    founded_at: timeAt(60),
    policy: DEFAULT_POLICY,
    my_level: 'anchor',
    members,
    pending:
      count < 8
        ? []
        : [
            {
              kind: 'revocation',
              id: ulidFor(1),
              subject: nodeIdFor(NAMES[7]),
              reason: 'Hat unter fremdem Namen Warnungen verschickt.',
              signed_by: [nodeIdFor(NAMES[1])],
              needed: 3,
            },
          ],
  }
}

const CONNECTIONS = ['direct', 'direct', 'relayed', 'connecting', 'away'] as const

/** Everybody but Anna, each connected in another way. */
export function meshOf({ members }: Community): Mesh {
  const others = members.filter(({ status }) => status === 'active').slice(1)
  return {
    peers: others.map((member, at) => {
      const connection = CONNECTIONS[at % CONNECTIONS.length] ?? 'direct'
      const measured = connection === 'direct' || connection === 'relayed'
      return {
        node_id: member.node_id,
        display_name: member.display_name,
        level: member.level,
        connection,
        latency_ms: measured ? 4 + ((at * 37) % 400) : null,
        clock_ahead_seconds: at === 2 ? -5400 : null,
        since: timeAt(0),
      }
    }),
    boxes: [
      { multiaddr: '/dns4/box.issum.example/tcp/443/wss', state: 'connected', since: timeAt(0) },
      { multiaddr: '/ip4/192.168.4.1/tcp/4080/ws', state: 'unreachable', since: timeAt(0) },
    ],
  }
}

export const SIGNATURE = `ed25519:${'A'.repeat(86)}` as Signature // never verified: the node checks before it answers

/** Which claims stand on which, so that there is a provenance to draw; claim 999 is known to nobody here. */
const PARENTS: Readonly<Record<number, readonly number[]>> = { 0: [3, 6, 8], 3: [9, 2], 6: [9], 9: [14], 8: [999] }

const SAID = [
  ['Sammelplatz', 'liegt bei', 'Turnhalle der Grundschule, Eingang Schulstraße', 'attested'],
  ['Sammelplatz', 'liegt bei', 'Parkplatz am Rathaus', 'disputed'],
  ['Apotheke am Markt', 'ist geöffnet', 'montags bis freitags von 8 bis 18 Uhr, samstags bis 13 Uhr', 'cited'],
  ['Trinkwasser', 'ist', 'abgekocht unbedenklich', 'cross_referenced'],
  ['Brücke über die Issumer Fleuth', 'ist', `gesperrt ${'w'.repeat(90)}`, 'unverified'],
  ['Hinweis mit \u202Everdrehter\u202C Schrift', 'ist', 'sichtbar', 'unverified'],
] as const

/** What the log knows of somebody who says something. */
export const voiceOf = (member: Member, at: number): Voice => ({
  node_id: member.node_id,
  display_name: member.display_name,
  level: member.level,
  status: member.status,
  trust: [0.82, 0.61, 0.5, 0.24][at % 4] ?? 0.5,
  opinion: null,
})

/** @param count claims, newest first. */
export function claimsOf(count: number, { members }: Community): readonly ClaimRecord[] {
  return Array.from({ length: count }, (_, at): ClaimRecord => {
    const [subject, predicate, object, level] = SAID[at % SAID.length] ?? SAID[0]
    const author = members[at % members.length] ?? memberAt(0)
    const page = {
      source_id: 'url:https://www.issum.de/leben/katastrophenschutz/sammelplaetze?seite=2',
      accessed_at: timeAt(at),
      excerpt: 'Treffpunkt ist die Turnhalle.',
    }
    const plan = {
      source_id: 'doc:bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e',
      accessed_at: timeAt(at),
      content_sha: toHex(sha256(utf8('plan'))),
    }
    const own = { source_id: `node:${author.node_id}`, accessed_at: timeAt(at) }
    const script = { source_id: 'url:javascript:alert(1)', accessed_at: timeAt(at) }
    return {
      claim_id: claimIdFor(`claim ${at}`),
      claim: {
        subject,
        predicate,
        object,
        asserted_by: author.node_id,
        asserted_at: timeAt(at),
        sources: level === 'unverified' ? [] : level === 'cited' ? [page] : [page, plan, own, script],
        confidence: [0.95, 0.75, 0.4][at % 3] ?? 0.4,
        derived_from: (PARENTS[at] ?? []).map((parent) => claimIdFor(`claim ${parent}`)),
        signature: SIGNATURE,
      },
      content_id: contentIdFor(`claim ${at}`),
      // what it stands on and who objects is the graph's to add
      level: 'unverified',
      ground: 'unverified',
      stale: at % 9 === 8,
      retracted: false,
      origin: 'community',
      attestations: 0,
      disputes: 0,
      author: voiceOf(author, at),
    }
  })
}
