import { communityFounded, inviteIssued, memberJoined } from '#protocol/community/events.ts'
import { DEFAULT_POLICY, JOIN_SCOPE, type Policy } from '#protocol/core/community.ts'
import { EVENT_SCHEMA_VERSION, eventContentId, type SignedEvent, type UnsignedEvent } from '#protocol/core/event.ts'
import { type ContentId, wireTime } from '#protocol/core/ids.ts'
import type { EventData, EventDefinition } from '#protocol/core/module.ts'
import { type Signer, signRecord } from '#protocol/core/signing.ts'
import { issueToken } from '#protocol/core/token.ts'
import { claimIdOf } from '#protocol/evidence/claim-id.ts'
import { claimAsserted } from '#protocol/evidence/events.ts'
import type { Runtime } from '../kernel/runtime.ts'
import { createSeededRuntime } from './seeded-runtime.ts'
import { testSigner } from './test-identity.ts'

/** An author who writes a chain of events by hand, honest or not. */
export interface Author {
  readonly signer: Signer
  /** Signs the next event of the chain; `override` changes any field before it is signed. */
  write<E extends EventDefinition>(type: E, data: EventData<E>, override?: Partial<UnsignedEvent>): Promise<SignedEvent>
  claim(subject: string, override?: Partial<UnsignedEvent>): Promise<SignedEvent>
  last(): ContentId | null
}

export interface History {
  readonly runtime: Runtime
  readonly root: Author
  readonly founding: SignedEvent
  /** A new author with a joining event by the root's invite, or by another's. */
  newcomer(options?: { readonly by?: Author; readonly level?: 'member' | 'trusted'; readonly recorded?: boolean }): Promise<{
    readonly author: Author
    /** The record of the invite, where it was recorded, then the joining. */
    readonly events: readonly SignedEvent[]
  }>
  author(seed: number): Promise<Author>
}

/** A community's events made by hand, for tests that need what an honest node would never write. */
export async function createHistory(seed: number, policy: Policy = DEFAULT_POLICY): Promise<History> {
  const runtime = createSeededRuntime(seed)
  let lamport = 0
  let nextSeed = seed * 1000

  async function author(ownSeed: number): Promise<Author> {
    const signer = await testSigner(ownSeed)
    let last: ContentId | null = null
    const write: Author['write'] = async (type, data, override = {}) => {
      const event = await signRecord(signer, {
        schema_version: EVENT_SCHEMA_VERSION,
        event_id: runtime.ulid(),
        lamport: ++lamport,
        wall_clock: wireTime(runtime.now()),
        community_id: root.nodeId,
        author: signer.nodeId,
        prev: last,
        event_type: type.type,
        data: JSON.parse(JSON.stringify(data)),
        ...override,
      } satisfies UnsignedEvent)
      last = eventContentId(event)
      return event
    }
    return {
      signer,
      write,
      async claim(subject, override) {
        const claim = await signRecord(signer, {
          subject,
          predicate: 'ist',
          object: 'da',
          asserted_by: signer.nodeId,
          asserted_at: wireTime(runtime.now()),
          sources: [],
          confidence: 1,
          derived_from: [],
        })
        return write(claimAsserted, { claim_id: claimIdOf(claim), claim }, override)
      },
      last: () => last,
    }
  }

  const root: Signer = await testSigner(seed)
  const rootAuthor = await author(seed)
  const founding = await rootAuthor.write(communityFounded, { name: 'Issum', founder_name: 'Root', policy })

  return {
    runtime,
    root: rootAuthor,
    founding,
    author,
    async newcomer({ by = rootAuthor, level = 'member', recorded = true } = {}) {
      const own = await author(++nextSeed)
      const now = Math.floor(runtime.now() / 1000)
      const jti = runtime.ulid()
      const invite = await issueToken(by.signer, {
        iss: by.signer.nodeId,
        sub: '*',
        aud: root.nodeId,
        iat: now,
        nbf: now,
        exp: now + 3600,
        jti,
        scope: { capabilities: [JOIN_SCOPE], params_constraints: { level, community_name: 'Issum' }, max_calls_total: 1 },
        issued_via: 'test',
      })
      const issued = recorded ? [await by.write(inviteIssued, { jti, uses: 1, expires_at: wireTime((now + 3600) * 1000) })] : []
      const joined = await own.write(memberJoined, { invite, display_name: `M${nextSeed}` })
      return { author: own, events: [...issued, joined] }
    },
  }
}
