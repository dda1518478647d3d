import { contentId, toHex, utf8 } from '../../client/encoding.ts'
import { frame } from '../../client/frames.ts'
import { manifestOf } from '../../client/manifest.ts'
import { BUS, type Peer, SYNC } from '../../client/peer.ts'
import { type Case, ensure, member, outcomeOf } from '../../harness/case.ts'
import type { Context } from '../../harness/context.ts'

const ECHO = 'node.echo'
const NOTE = 'conformance.note.written'
const said = { payload: 'x' }
const encode = (value: unknown): Uint8Array => utf8(JSON.stringify(value))

/** Somebody else is served as before. */
async function servesOthers({ lent }: Context): Promise<void> {
  const other = await lent('member')
  const answer = await other.ask(ECHO, said)
  ensure(outcomeOf(answer) === 'ok', 'another peer is served', answer)
}

const manifest = (
  what: string,
  title: string,
  make: (peer: Peer) => Parameters<typeof manifestOf>[1],
  codes: readonly string[],
): Case => ({
  id: `MAN-1.${what}`,
  title,
  needs: ['call'],
  async run({ peer }) {
    const caller = await peer('member')
    const answer = await caller.ask('node.manifest.exchange', { manifest: manifestOf(caller, make(caller)) })
    ensure(codes.includes(outcomeOf(answer)), codes.join(' or '), answer)
  },
})

export const cases: readonly Case[] = [
  {
    id: 'BUS-6.soft-limit',
    title: 'The eleventh call to one capability within a second is rate_limited; after the wait it is served',
    needs: ['wire'],
    async run({ lent, pause }) {
      const caller = await lent('member')
      const answers = await Promise.all(Array.from({ length: 16 }, () => caller.deliver(caller.request(ECHO, said))))
      const limited = answers.filter((answer) => outcomeOf(answer) === 'rate_limited')
      const served = answers.filter((answer) => outcomeOf(answer) === 'ok').length
      ensure(served <= 11, 'at most 10 in a second', `${served} served`)
      ensure(limited.length > 0, 'rate_limited', answers.map(outcomeOf))
      const wait = Math.max(...limited.map((answer) => Number(member(answer, 'error', 'retry_after_ms'))))
      ensure(wait > 0 && wait <= 1000, 'retry_after_ms within the second', wait)
      await pause(wait + 20)
      const after = await caller.deliver(caller.request(ECHO, said))
      ensure(outcomeOf(after) === 'ok', 'served after the wait', after)
    },
  },
  {
    id: 'BUS-6.per-capability',
    title: 'The limit of one capability is not that of another',
    needs: ['wire'],
    async run({ lent }) {
      const caller = await lent('member')
      await Promise.all(Array.from({ length: 14 }, () => caller.deliver(caller.request(ECHO, said))))
      const answer = await caller.deliver(caller.request('protocol.version.list', {}))
      ensure(outcomeOf(answer) === 'ok', 'served', answer)
    },
  },
  {
    id: 'BUS-6.per-peer',
    title: 'The limit of one peer is not that of another',
    needs: ['wire'],
    async run(context) {
      const [loud, quiet] = [await context.lent('member'), await context.lent('member')]
      await Promise.all(Array.from({ length: 14 }, () => loud.deliver(loud.request(ECHO, said))))
      const answer = await quiet.deliver(quiet.request(ECHO, said))
      ensure(outcomeOf(answer) === 'ok', 'served', answer)
    },
  },
  {
    id: 'BUS-6.flood',
    title: 'A flood of a stranger is cut off, and the others are served meanwhile',
    needs: ['wire'],
    queue: 'alone',
    async run(context) {
      const [eve, other] = [await context.fresh('stranger'), await context.fresh('member')]
      let [sent, answered] = [0, 0]
      const until = Date.now() + 12_000
      while (sent < 3_000 && Date.now() < until) {
        const replies = await Promise.all(
          Array.from({ length: 150 }, () => eve.talk(BUS, [encode(eve.request(ECHO, said))], 3_000)),
        )
        sent += replies.length
        const now = replies.filter(({ frames }) => frames.length > 0).length
        answered += now
        if (answered < sent) break
      }
      ensure(answered < sent, 'streams that are reset without an answer', `${answered} of ${sent} answered`)
      const answer = await other.ask(ECHO, said)
      ensure(outcomeOf(answer) === 'ok', 'another peer is served', answer)
    },
  },
  {
    id: 'BUS-3.silent-stream',
    title: 'Streams that are opened and left silent keep nobody else from being served',
    needs: ['wire'],
    async run(context) {
      const eve = await context.lent('stranger')
      const silent = await Promise.all(Array.from({ length: 40 }, () => eve.line.open(BUS)))
      await servesOthers(context)
      for (const stream of silent) stream.abort()
    },
  },
  {
    id: 'TRA-6.oversized-again-and-again',
    title: 'Frames over the limit, again and again, harm nobody',
    needs: ['bytes'],
    async run(context) {
      const eve = await context.fresh('stranger')
      for (let at = 0; at < 5; at++) {
        const stream = await eve.line.open(at % 2 === 0 ? BUS : SYNC)
        await stream.write?.(frame(new Uint8Array(16)).map((byte, index) => (index === 0 ? 0xff : byte))).catch(() => undefined)
        await stream.write?.(new Uint8Array(64 * 1024).fill(0xff)).catch(() => undefined)
        stream.abort()
      }
      await servesOthers(context)
    },
  },
  {
    id: 'ENC-1.fuzz',
    title: 'A hundred frames of seeded noise are refused, each on its own, and the node goes on',
    needs: ['wire'],
    async run(context) {
      const { random } = context
      const eve = await context.fresh('stranger')
      const noise = Array.from({ length: 100 }, (_, at) => {
        const bytes = random.bytes(1 + random.below(200))
        return at % 3 === 0
          ? bytes
          : encode({ capability: toHex(bytes), version: random.pick(['1.0', 1, null]), body: random.below(9) })
      })
      for (let at = 0; at < noise.length; at += 20) {
        const replies = await Promise.all(noise.slice(at, at + 20).map((bytes) => eve.talk(BUS, [bytes], 4_000)))
        for (const { frames } of replies) {
          ensure(
            frames.every((answer) => outcomeOf(answer) === 'bad_request'),
            'bad_request or nothing',
            frames,
          )
        }
      }
      await servesOthers(context)
    },
  },
  {
    id: 'EVT-4.reordered',
    title: 'A chain that arrives in a shuffled order is the same chain',
    needs: ['wire', 'sync'],
    async run({ lent, random }) {
      const author = await lent('member')
      const chain = Array.from({ length: 12 }, (_, at) => {
        const event = author.event(NOTE, { at })
        author.follow(event)
        return event
      })
      const shuffled = [...chain]
      for (let at = shuffled.length - 1; at > 0; at--) {
        const other = random.below(at + 1)
        const [a, b] = [shuffled[at], shuffled[other]]
        if (a && b) [shuffled[at], shuffled[other]] = [b, a]
      }
      for (const event of shuffled) await author.hand([event])
      const ids = await author.offeredAround(chain)
      ensure(
        chain.every((event) => ids.includes(contentId(event))),
        'all twelve',
        ids.length,
      )
    },
  },
  {
    id: 'EVT-4.stolen-author',
    title: 'A member cannot write in the name of the node itself, by whatever way it comes',
    needs: ['gossip', 'sync'],
    async run({ fresh, target, pause }) {
      const eve = await fresh('member')
      const forged = eve.event('community.member.renamed', { display_name: 'Owned' }, { author: target.nodeId })
      await eve.publish(encode(forged))
      await pause(200)
      ensure(!(await eve.give([forged])).includes(contentId(forged)), 'refused', 'taken')
    },
  },
  {
    id: 'BUS-3.answer-without-a-question',
    title: 'An answer that nobody asked for is refused as a request',
    needs: ['wire'],
    async run({ peer }) {
      const caller = await peer('member')
      const answer = await caller.deliver({ request_id: caller.ulid(), output: {}, meta: { ms: 1 } })
      ensure(outcomeOf(answer) === 'bad_request', 'bad_request', answer)
    },
  },
  {
    id: 'BUS-3.prototype',
    title: 'Names of JavaScript’s own objects are names like any other',
    needs: ['call'],
    async run({ peer }) {
      const caller = await peer('member')
      for (const name of ['__proto__', 'constructor', 'toString']) {
        const answer = await caller.ask(name, {})
        ensure(outcomeOf(answer) === 'not_implemented', `not_implemented for ${name}`, answer)
      }
      const text = JSON.stringify(caller.request(ECHO, said)).replace('"payload"', '"__proto__":{"payload":"y"},"payload"')
      const { frames } = await (caller.wire ? caller.talk(BUS, [utf8(text)]) : { frames: [] })
      for (const answer of frames)
        ensure(outcomeOf(answer) === 'schema_mismatch' || outcomeOf(answer) === 'bad_request', 'a refusal', answer)
    },
  },
  manifest('of-another', 'A manifest of another node is unauthorized', ({ target }) => ({ node_id: target.nodeId }), [
    'unauthorized',
    'invalid_signature',
  ]),
  manifest(
    'expired-at-birth',
    'A manifest that ends before it begins is bad_request',
    () => ({ expires_at: '2020-01-01T00:00:00Z' }),
    ['bad_request'],
  ),
  {
    id: 'MAN-1.forged',
    title: 'A manifest that was changed after it was signed is invalid_signature',
    needs: ['call'],
    async run({ peer }) {
      const caller = await peer('member')
      const made = { ...(manifestOf(caller) as object), load: 99 } // an object by how it is made
      const answer = await caller.ask('node.manifest.exchange', { manifest: made })
      ensure(outcomeOf(answer) === 'invalid_signature', 'invalid_signature', answer)
    },
  },
  {
    id: 'MAN-1.nothing-private',
    title: 'What only the person may call is not in the manifest, nor what is switched off',
    needs: ['call'],
    async run({ peer }) {
      const caller = await peer('member')
      const answer = await caller.ask('node.manifest.exchange', { manifest: manifestOf(caller) })
      const names = member(answer, 'output', 'manifest', 'capabilities')
      ensure(Array.isArray(names) && names.length > 0, 'capabilities', answer)
      const told = names.map((each) => String(member(each, 'name')))
      const wrong = told.filter(
        (name) =>
          ['node.status', 'node.erase', 'config.set', 'auth.token.issue'].includes(name) ||
          name.startsWith('experimental.fedlearn.'),
      )
      ensure(wrong.length === 0, 'none of the person’s, none that is off', wrong)
    },
  },
]
