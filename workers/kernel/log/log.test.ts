import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { EVENTS } from '#protocol/catalogue.ts'
import { memberPromoted, revocationSigned } from '#protocol/community/events.ts'
import { canonical } from '#protocol/core/canonical.ts'
import { utf8 } from '#protocol/core/encoding.ts'
import { eventContentId, LAMPORT_MAX_LEAD, type SignedEvent } from '#protocol/core/event.ts'
import { checkJson } from '#protocol/core/json.ts'
import { defineEvent } from '#protocol/core/module.ts'
import { Strict } from '#protocol/core/schema.ts'
import { signedBytes, signRecord } from '#protocol/core/signing.ts'
import { claimAsserted } from '#protocol/evidence/events.ts'
import { meshChanged } from '#protocol/node/events.ts'
import { createMemoryStore, type MemoryStore } from '../../memory/memory-store.ts'
import { type Author, createHistory, type History } from '../../testing/history.ts'
import { testSigner } from '../../testing/test-identity.ts'
import { createViews } from '../view-host.ts'
import { defineView } from '../views.ts'
import { type EventLog, openLog } from './log.ts'
import { unsignedText, type VerifiedEvent } from './verify.ts'

const future = defineEvent('weather.report.filed', Strict({}))

async function open(history: History, store: MemoryStore = createMemoryStore(), seed = 999): Promise<EventLog> {
  return openLog({ runtime: history.runtime, store, signer: await testSigner(seed), types: EVENTS }, history.root.signer.nodeId)
}

function isEncodable(value: unknown): boolean {
  try {
    checkJson(value)
    return true
  } catch {
    return false
  }
}

const codes = async (log: EventLog, events: readonly unknown[]): Promise<readonly string[]> =>
  (await log.ingest(events)).map((outcome) => (outcome.kind === 'refused' ? outcome.error.code : outcome.kind))

describe('what the log refuses (EVT-4)', () => {
  let history: History
  let member: Author
  let log: EventLog

  beforeAll(async () => {
    history = await createHistory(1)
    const { author, events } = await history.newcomer()
    member = author
    log = await open(history)
    expect(await codes(log, [history.founding, ...events])).toEqual(['stored', 'stored', 'stored'])
  })

  it('refuses a signature that is not the author’s (SYN-4)', async () => {
    const event = await member.claim('echt')
    const forged = { ...event, data: { ...event.data, claim_id: 'A'.repeat(52) } }
    const swapped = { ...event, author: history.root.signer.nodeId }
    expect(await codes(log, [forged, swapped])).toEqual(['invalid_signature', 'invalid_signature'])
  })

  it('refuses an event of another community', async () => {
    const other = await createHistory(2)
    expect(await codes(log, [other.founding])).toEqual(['unauthorized'])
  })

  it('refuses a Lamport time of 2^53 and above 2^48, and lets what is too far ahead wait (EVT-2)', async () => {
    const data = { claim_id: 'x' }
    const huge = { ...(await member.claim('weit')), lamport: 2 ** 53, data }
    expect(await codes(log, [huge])).toEqual(['bad_request'])
    const above = await member.claim('darüber', { lamport: 2 ** 48 + 1 })
    const ahead = await member.claim('voraus', { lamport: log.clock() + LAMPORT_MAX_LEAD + 100 })
    expect(await codes(log, [above, ahead])).toEqual(['bad_request', 'waiting'])
    const nearer = await member.claim('näher', { lamport: log.clock() + 200 })
    expect(await codes(log, [nearer])).toEqual(['stored'])
    expect(log.has(eventContentId(ahead))).toBe(true)
  })

  it('refuses malformed data of a known type, and records inside that are not what they say', async () => {
    const wrong = await member.write(claimAsserted, { claim_id: 'nope' } as never)
    const foreign = await history.author(77)
    const theirs = await foreign.claim('fremd')
    const lifted = await member.write(claimAsserted, theirs.data as never)
    expect(await codes(log, [wrong, lifted])).toEqual(['schema_mismatch', 'claim_signature_invalid'])
  })

  it('refuses an event over 256 KiB, one of a kind that stays on its device, and what is no event at all', async () => {
    const large = await member.write(future, { filler: 'x'.repeat(256 * 1024) } as never)
    const local = await member.write(meshChanged, {})
    expect(await codes(log, [large, local, null, 'x', [], { a: 1 }])).toEqual(Array(6).fill('bad_request'))
  })

  it('refuses lone surrogates and deep JSON before anything is hashed (ENC-1)', async () => {
    const good = await member.claim('gut')
    const surrogate = { ...good, data: { text: '\ud800' } }
    let deep: unknown = 1
    for (let depth = 0; depth < 10_000; depth++) deep = [deep]
    expect(await codes(log, [surrogate, { ...good, data: { deep } }])).toEqual(['bad_request', 'bad_request'])
  })

  it('counts each refusal where a person can see it', () => {
    expect(log.stats().refused).toMatchObject({ invalid_signature: 2, unauthorized: 1, claim_signature_invalid: 1 })
  })
})

describe('what the log keeps', () => {
  it('holds each content id once (EVT-1)', async () => {
    const history = await createHistory(3)
    const log = await open(history)
    expect(await codes(log, [history.founding, history.founding])).toEqual(['stored', 'known'])
    expect(await codes(log, [history.founding])).toEqual(['known'])
    expect(log.stats().stored).toBe(1)
  })

  it('lets an event wait until its author’s joining arrives (EVT-4)', async () => {
    const history = await createHistory(4)
    const { author, events } = await history.newcomer()
    const early = await author.claim('zu früh')
    const log = await open(history)
    expect(await codes(log, [history.founding, early])).toEqual(['stored', 'waiting'])
    await log.ingest(events)
    expect(log.has(eventContentId(early))).toBe(true)
    expect(log.stats().waiting).toBe(0)
  })

  it('stores and offers a type it does not know (EVT-5)', async () => {
    const history = await createHistory(5)
    const log = await open(history)
    const event = await history.root.write(future, {})
    expect(await codes(log, [history.founding, event])).toEqual(['stored', 'stored'])
    expect(log.offered().map(({ cid }) => cid)).toContain(eventContentId(event))
  })

  it('keeps both of an equivocation, shows the smaller content id, and says who (EVT-1, EVT-7)', async () => {
    const history = await createHistory(6)
    const log = await open(history)
    const one = await history.root.claim('so')
    const two = await history.root.claim('anders', { event_id: one.event_id, prev: one.prev })
    await log.ingest([history.founding, one, two])
    const [smaller] = [eventContentId(one), eventContentId(two)].sort()
    const visible = await claimsOf(log)
    expect(visible.map(({ cid }) => cid)).toEqual([smaller])
    expect(log.offered()).toHaveLength(3)
    expect(log.stats().equivocations).toMatchObject([{ author: history.root.signer.nodeId }])
  })

  it('cuts the signed text out of the canonical text exactly (ID-4)', async () => {
    const history = await createHistory(7)
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        fc.pre(isEncodable(value))
        const signer = history.root.signer
        const event = await signRecord(signer, { ...history.founding, data: { v: value, signature: ',"signature":"' } })
        expect(utf8(unsignedText(canonical(event)))).toEqual(signedBytes(event))
      }),
      { numRuns: 50 },
    )
  })
})

describe('revocation (COM-4)', () => {
  async function revoked() {
    const history = await createHistory(8)
    const { author: mallory, events } = await history.newcomer()
    const before = await mallory.claim('vorher')
    const end = mallory.last()
    if (!end) throw new Error('an end')
    const revocation = await history.root.write(revocationSigned, {
      revocation: {
        revocation_id: history.runtime.ulid(),
        subject: mallory.signer.nodeId,
        last_valid: [end],
        reason: 'Test',
      },
    })
    const after = await mallory.claim('nachher')
    const backdated = await mallory.claim('rückdatiert', { lamport: 2, prev: null })
    return { history, mallory, events, before, revocation, after, backdated }
  }

  it('keeps what its signers held and refuses the rest, whatever time it claims', async () => {
    const { history, events, before, revocation, after, backdated } = await revoked()
    const log = await open(history)
    await log.ingest([history.founding, ...events, before, revocation])
    expect(await codes(log, [after, backdated])).toEqual(['revoked', 'revoked'])
    expect(log.has(eventContentId(before))).toBe(true)
  })

  it('lets a joining in that waits behind a gap in its author’s events as soon as that closes (COM-4)', async () => {
    const { history, mallory, events, before, revocation } = await revoked()
    const log = await open(history)
    expect(await codes(log, [history.founding, revocation, ...events])).toEqual(['stored', 'stored', 'stored', 'waiting'])
    expect(await codes(log, [before])).toEqual(['stored'])
    expect(log.stats().waiting).toBe(0)
    expect(log.state()?.members.get(mallory.signer.nodeId)?.status).toBe('revoked')
  })

  it('comes to the same in every order of arrival, also when the revocation comes last', async () => {
    const { history, events, before, revocation, after, backdated } = await revoked()
    const all = [history.founding, ...events, before, revocation, after, backdated]
    const log = await open(history)
    for (const event of [history.founding, ...events, after, backdated, before]) await log.ingest([event])
    expect(log.stats().excluded).toBe(0)
    await log.ingest([revocation])
    const visible = await claimsOf(log)
    expect(visible.map(({ cid }) => cid)).toEqual([eventContentId(before)])
    for (const event of [...all].reverse()) await log.ingest([event])
    expect(log.offered()).toHaveLength(all.length - 2)
  })

  it('disowns an invite that the revoked inviter had not recorded before', async () => {
    const history = await createHistory(9)
    const { author: mallory, events } = await history.newcomer()
    const end = mallory.last()
    const known = await history.newcomer({ by: mallory })
    const knownEnd = mallory.last()
    const secret = await history.newcomer({ by: mallory, recorded: false })
    if (!end || !knownEnd) throw new Error('an end')
    const revocation = await history.root.write(revocationSigned, {
      revocation: {
        revocation_id: history.runtime.ulid(),
        subject: mallory.signer.nodeId,
        last_valid: [knownEnd],
        reason: '',
      },
    })
    const log = await open(history)
    await log.ingest([history.founding, ...events, ...known.events, ...secret.events])
    expect(log.state()?.members.size).toBe(4)
    await log.ingest([revocation])
    const members = log.state()?.members
    expect(members?.get(known.author.signer.nodeId)?.status).toBe('active')
    expect(members?.get(secret.author.signer.nodeId)).toBeUndefined()
    expect(members?.get(mallory.signer.nodeId)?.status).toBe('revoked')
  })

  it('needs the policy’s number of distinct trusted signatures; a member’s does not count, nor one twice', async () => {
    const history = await createHistory(10)
    const people = []
    for (let n = 0; n < 4; n++) people.push(await history.newcomer({ level: n < 3 ? 'trusted' : 'member' }))
    const [one, two, target, plain] = people.map(({ author }) => author)
    if (!one || !two || !target || !plain) throw new Error('four authors')
    const revocation = {
      revocation_id: history.runtime.ulid(),
      subject: target.signer.nodeId,
      last_valid: [target.last() ?? eventContentId(history.founding)],
      reason: 'x',
    }
    const log = await open(history)
    await log.ingest([history.founding, ...people.flatMap(({ events }) => events)])
    const status = () => log.state()?.members.get(target.signer.nodeId)?.status
    for (const author of [plain, one, one, two]) await log.ingest([await author.write(revocationSigned, { revocation })])
    expect(status()).toBe('active')
    expect(log.state()?.pending).toMatchObject([{ kind: 'revocation', needed: 3 }])
    await log.ingest([await history.root.write(revocationSigned, { revocation })])
    expect(status()).toBe('revoked')
    expect(log.state()?.pending).toEqual([])
  })
})

async function claimsOf(log: EventLog): Promise<readonly VerifiedEvent[]> {
  const claims: VerifiedEvent[] = []
  for await (const batch of log.past(new Set([claimAsserted.type]))) claims.push(...batch)
  return claims
}

/** Claims by subject with their authors: a view with several parts to one entity. */
const bySubject = defineView<string, { subject: string; authors: readonly string[] }>({
  id: 'test.by-subject',
  version: 1,
  events: [claimAsserted],
  map: ({ event }) => {
    const { claim } = event.data as { claim: { subject: string } }
    return [{ entity: claim.subject, item: event.author }]
  },
  fold: (subject, parts) => ({ subject, authors: parts.map(({ item }) => item) }),
  indexes: { subject: ({ subject }) => [subject] },
})

describe('order of arrival (EVT-3)', () => {
  let history: History
  let all: SignedEvent[]

  beforeAll(async () => {
    history = await createHistory(11)
    all = [history.founding]
    const authors: Author[] = [history.root]
    for (let n = 0; n < 4; n++) {
      const { author, events } = await history.newcomer({ level: n === 0 ? 'trusted' : 'member' })
      authors.push(author)
      all.push(...events)
    }
    const [root, trusted, mallory, dora] = authors
    if (!root || !trusted || !mallory || !dora) throw new Error('authors')
    for (let n = 0; n < 12; n++) all.push(await (authors[n % 5] ?? root).claim(`Ort ${n % 3}`))
    all.push(await root.write(memberPromoted, { subject: dora.signer.nodeId, level: 'trusted' }))
    const revocation = {
      revocation_id: history.runtime.ulid(),
      subject: mallory.signer.nodeId,
      last_valid: [mallory.last() ?? eventContentId(history.founding)],
      reason: '',
    }
    const late = await history.newcomer({ by: mallory, recorded: false })
    all.push(...late.events, await late.author.claim('Ort 0'))
    for (const signer of [root, trusted, dora]) all.push(await signer.write(revocationSigned, { revocation }))
    all.push(await mallory.claim('Ort 1', { lamport: 1 }), await mallory.claim('Ort 2'))
    all.push(await dora.claim('Ort 1', { event_id: history.founding.event_id }))
  })

  async function run(order: readonly SignedEvent[], batch: number) {
    const log = await open(history)
    const view = await createViews({ runtime: history.runtime, store: createMemoryStore(), log }).open(bySubject)
    for (let at = 0; at < order.length; at += batch) {
      await log.ingest(order.slice(at, at + batch))
      view.rows() // folding half-way must not change the end
    }
    return {
      rows: [...view.rows()].sort((a, b) => (a.subject < b.subject ? -1 : 1)),
      members: [...(log.state()?.members ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)),
      offered: log
        .offered()
        .map(({ cid }) => cid)
        .sort(),
    }
  }

  it('any order and any batches give the same members, views and set to offer', async () => {
    const expected = await run(all, all.length)
    expect(expected.members.map(([, { status }]) => status).sort()).toEqual(['active', 'active', 'active', 'active', 'revoked'])
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.integer({ min: 1, max: 7 }),
        async (order, batch) => {
          expect(await run(order, batch)).toEqual(expected)
        },
      ),
      { numRuns: 60 },
    )
  }, 60_000)
})

describe('a crash (EVT-6)', () => {
  it('at any write leaves the old log or the new one, which opens and goes on', async () => {
    const history = await createHistory(12)
    const { author, events } = await history.newcomer()
    const all = [history.founding, ...events]
    for (let n = 0; n < 80; n++) all.push(await author.claim(`Ort ${n}`))
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom('before' as const, 'after' as const),
        fc.integer({ min: 1, max: 40 }),
        async (write, when, batch) => {
          const store = createMemoryStore()
          const log = await open(history, store)
          store.crashAtWrite(write, when)
          let stored = 0
          let crashed = false
          for (let at = 0; at < all.length && !crashed; at += batch) {
            await log.ingest(all.slice(at, at + batch)).then(
              () => {
                stored = Math.min(all.length, at + batch)
              },
              () => {
                crashed = true
              },
            )
          }
          const again = await open(history, store.reopen())
          const held = again.stats().stored
          expect([stored, Math.min(all.length, stored + batch)]).toContain(held)
          await again.ingest(all)
          expect(again.stats().stored).toBe(all.length)
          expect(await claimsOf(again)).toHaveLength(80)
        },
      ),
      { numRuns: 25 },
    )
  }, 60_000)
})
