import { A, B, GET, needs, put, QUERY, record, SUMMARY, TRACE } from '../../../client/claim-cases.ts'
import { claimOf, type Made } from '../../../client/claims.ts'
import type { Json } from '../../../client/encoding.ts'
import { type Case, ensure, member, outcomeOf, same } from '../../../harness/case.ts'

/** What is asked of claims: where they come from, what there is of a subject, what contradicts. */
export const cases: readonly Case[] = [
  {
    id: 'EVI-5.trace',
    title: 'A trace walks what a claim derives from, each claim once, what it derives from before it',
    capability: TRACE,
    needs,
    async run({ lent }) {
      const author = await lent('member', 'author')
      const root = claimOf(author, { subject: 'EVI-5', object: 'root', sources: [A] })
      const left = claimOf(author, { subject: 'EVI-5', object: 'left', derived_from: [root.id] })
      const right = claimOf(author, { subject: 'EVI-5', object: 'right', derived_from: [root.id], sources: [B] })
      const top = claimOf(author, { subject: 'EVI-5', object: 'top', derived_from: [left.id, right.id] })
      await put(author, root, left, right, top)
      const output = member(await author.ask(TRACE, { claim_id: top.id }), 'output')
      const claims = member(output, 'claims')
      ensure(Array.isArray(claims), 'claims', output)
      const order = claims.map((claim) => String(member(claim, 'claim_id')))
      same([...order].sort(), [root.id, left.id, right.id, top.id].sort(), 'each claim once')
      ensure(order.indexOf(root.id) === 0 && order.at(-1) === top.id, 'the root first and the claim itself last', order)
      const sources = member(output, 'sources')
      ensure(Array.isArray(sources) && sources.length === 2, 'both sources', sources)
    },
  },
  {
    id: 'EVI-5.depth',
    title: 'A trace goes as deep as it was asked and says that there was more',
    capability: TRACE,
    needs,
    async run({ lent }) {
      const author = await lent('member', 'author')
      const chain: Made[] = []
      for (let at = 0; at < 10; at++) {
        chain.push(
          claimOf(author, {
            subject: 'EVI-5.depth',
            object: `${at}`,
            derived_from: chain.length > 0 ? [chain.at(-1)?.id ?? ''] : [],
          }),
        )
      }
      await put(author, ...chain)
      const last = chain.at(-1)?.id ?? ''
      const walk = async (input: { readonly [key: string]: Json }) =>
        member(await author.ask(TRACE, { claim_id: last, ...input }), 'output')
      const lengthOf = (output: unknown): number => {
        const claims = member(output, 'claims')
        return Array.isArray(claims) ? claims.length : -1
      }
      same(lengthOf(await walk({})), 6, 'claims at the default depth of 5')
      const deep = await walk({ depth: 8 })
      same([lengthOf(deep), member(deep, 'truncated')], [9, true], 'claims at depth 8, and truncated')
      same(lengthOf(await walk({ depth: 0 })), 1, 'claims at depth 0')
      const tooDeep = await author.ask(TRACE, { claim_id: last, depth: 9 })
      ensure(outcomeOf(tooDeep) === 'schema_mismatch', 'schema_mismatch for depth 9', tooDeep)
    },
  },
  {
    id: 'EVI-5.unknown-parent',
    title: 'A parent that is not known here is named as unknown',
    capability: TRACE,
    needs,
    async run({ lent }) {
      const author = await lent('member', 'author')
      const parent = 'B'.repeat(52)
      const claim = claimOf(author, { subject: 'EVI-5.unknown', derived_from: [parent] })
      await put(author, claim)
      same(member(await author.ask(TRACE, { claim_id: claim.id }), 'output', 'unknown'), [parent], 'unknown')
    },
  },
  {
    id: 'EVI-6.summary',
    title: 'A summary groups claims by predicate, the strongest of each first, at most 32 predicates and the rest counted',
    capability: SUMMARY,
    needs,
    async run({ lent }) {
      const author = await lent('member', 'author')
      const subject = `EVI-6 ${author.nodeId}`
      const weak = claimOf(author, { subject, predicate: 'p0', object: 'weak' })
      const strong = claimOf(author, { subject, predicate: 'p0', object: 'strong', sources: [A, B] })
      await put(
        author,
        weak,
        strong,
        ...Array.from({ length: 34 }, (_, at) => claimOf(author, { subject, predicate: `p${at + 1}` })),
      )
      const output = member(await author.ask(SUMMARY, { subject }), 'output')
      const predicates = member(output, 'predicates')
      ensure(Array.isArray(predicates) && predicates.length === 32, '32 predicates', predicates)
      same(member(output, 'more_predicates'), 3, 'more_predicates')
      const first = predicates.find((each) => member(each, 'predicate') === 'p0')
      const claims = member(first, 'claims')
      same(Array.isArray(claims) && member(claims[0], 'claim_id'), strong.id, 'the strongest first')
    },
  },
  {
    id: 'EVI-7.contradiction',
    title: 'Two claims that contradict both stay, and the answer says so with both objects',
    capability: GET,
    needs,
    async run({ lent }) {
      const author = await lent('member', 'author')
      const subject = `EVI-7 ${author.nodeId}`
      const [one, two] = [claimOf(author, { subject, object: 'offen' }), claimOf(author, { subject, object: 'zu' })]
      await put(author, one, two)
      const advisories = member(await record(author, one.id), 'advisories')
      ensure(
        Array.isArray(advisories) && advisories.some((each) => member(each, 'code') === 'evidence_contradiction'),
        'evidence_contradiction',
        advisories,
      )
      ensure(
        ['offen', 'zu'].every((object) => JSON.stringify(advisories).includes(object)),
        'both objects',
        advisories,
      )
      same(member(await author.ask(QUERY, { subject, limit: 10 }), 'output', 'total'), 2, 'claims that stay')
    },
  },
  {
    id: 'EVI-7.agreement',
    title: 'Two claims that say the same contradict nothing',
    capability: GET,
    needs,
    async run({ lent }) {
      const [one, two] = [await lent('member', 'author'), await lent('member', 'witness')]
      const subject = `EVI-7.agreement ${one.nodeId}`
      const claim = claimOf(one, { subject })
      await put(one, claim)
      await put(two, claimOf(two, { subject }))
      same(member(await record(one, claim.id), 'advisories'), [], 'advisories')
    },
  },
]
