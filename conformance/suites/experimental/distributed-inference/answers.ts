import { type ComputingPeer, computing, type Misdeed, shardLike } from '../../../client/computing-peer.ts'
import type { Json } from '../../../client/encoding.ts'
import * as hand from '../../../client/layers.ts'
import { type Case, ensure, type JsonObject, member, same } from '../../../harness/case.ts'
import type { Context } from '../../../harness/context.ts'
import type { Target } from '../../../harness/target.ts'

// M26: answers that the node under test has computed by itself, and by a peer of the suite that offers layers.

const NAMES = 'experimental.distributed_llm'
const CHAT = `${NAMES}.chat`
const PLAN = `${NAMES}.pipeline.plan`
const RUN = `${NAMES}.pipeline.run`
const STATUS = `${NAMES}.pipeline.status`
const WORDS = 'Wie mache ich Wasser trinkbar?'
/** So many tokens that a check of each one in sixteen misses all of them once in ten thousand times (DLM-6). */
const MANY_WORDS = `${'Bei uns ist das Wasser aus dem Hahn seit heute morgen braun und riecht. '.repeat(6)}${WORDS}`

const withModel = { needs: ['wire', 'person', 'stream', 'inbound'], queue: 'computing', limitMs: 150_000 } as const

const question = (hosting: hand.Hosted, change: JsonObject = {}): JsonObject => ({
  model: hosting.model,
  messages: [{ role: 'user', content: WORDS }],
  max_tokens: 24,
  ...change,
})

/** A trusted peer who offers layers, of whom the node has heard. */
async function neighbour(context: Context, hosting: hand.Hosted): Promise<ComputingPeer> {
  const other = computing(await context.fresh('trusted'), hosting)
  const heard = async () => hand.shardsAt(await hand.nodeOf(context, other.nodeId)) === 1
  ensure(await context.eventually(heard, hand.HEARD_MS), 'a node that has heard of layers', await hand.nodesOf(context))
  return other
}

type Change = Extract<Misdeed, { readonly kind: 'gives' }>['change']
type Run = (context: Context, hosting: hand.Hosted) => Promise<void>
const answering = (id: string, title: string, run: Run): Case => ({
  ...withModel,
  capability: CHAT,
  id,
  title,
  run: async (context) => run(context, await hand.hosted(context)),
})

/** What the model says when this device computes alone. */
const alone = async (context: Context, hosting: hand.Hosted, change: JsonObject = {}): Promise<hand.Told> => {
  const told = await hand.chatted(context, question(hosting, { computed_by: 'local', ...change }))
  ensure(told.ending !== null && told.text !== '', 'an answer', told)
  return told
}

const together = (context: Context, hosting: hand.Hosted, change: JsonObject = {}): Promise<hand.Told> =>
  hand.chatted(context, question(hosting, { computed_by: 'pipeline', others_may_read: true, ...change }))

const answers = new WeakMap<Target, Map<string, Promise<hand.Told>>>()

/** The same, asked once for all cases that compare with it: it says the same each time (`DLM-3.alone`). */
function mine(context: Context, hosting: hand.Hosted, change: JsonObject = {}): Promise<hand.Told> {
  const known = answers.get(context.target) ?? new Map<string, Promise<hand.Told>>()
  answers.set(context.target, known)
  const asked = JSON.stringify(change)
  const answer = known.get(asked) ?? alone(context, hosting, change)
  known.set(asked, answer)
  return answer
}

/** What nobody can have computed is said by nobody: another device, or none, has the last word. */
function rightOrNone(told: hand.Told, mine: hand.Told): void {
  if (told.ending === null) same([told.code, told.text], ['pipeline_failed', ''], 'how it ended')
  else same(told.text, mine.text, 'the words')
}

const faultsOf = async (context: Context, { nodeId }: ComputingPeer): Promise<Json | undefined> =>
  (await hand.nodeOf(context, nodeId))?.faults

/** One of these frames tells who asked that somebody else goes on. */
function saysSo({ frames }: hand.Told, ...names: readonly string[]): void {
  const heard = frames.map(({ frame }) => String(frame))
  ensure(
    heard.some((frame) => names.includes(frame)),
    'a frame that says so',
    heard,
  )
}

const without = async (context: Context, others: readonly ComputingPeer[]): Promise<void> => {
  const over = async () => others.every(({ sessions }) => sessions === 0) && (await hand.streamsOf(context)) === 0
  ensure(
    await context.eventually(over, 5000),
    'no conversation that goes on',
    others.map(({ sessions }) => sessions),
  )
}

/** As `answering`, with peers who offer layers. */
const beside =
  (count: number) =>
  (
    id: string,
    title: string,
    run: (context: Context, hosting: hand.Hosted, others: readonly ComputingPeer[]) => Promise<void>,
  ): Case =>
    answering(id, title, async (context, hosting) => {
      const others = await Promise.all(Array.from({ length: count }, () => neighbour(context, hosting)))
      await run(context, hosting, others)
    })

/** A case with one peer who offers layers. */
const besideOne = (
  id: string,
  title: string,
  run: (context: Context, hosting: hand.Hosted, other: ComputingPeer) => Promise<void>,
): Case =>
  beside(1)(id, title, async (context, hosting, others) => {
    for (const other of others) await run(context, hosting, other)
  })

const ALONE: readonly Case[] = [
  answering(
    'DLM-3.alone',
    'The node answers alone: the same words each time, and an end with numbers',
    async (context, hosting) => {
      const [first, second] = [await alone(context, hosting), await alone(context, hosting)]
      same(second.text, first.text, 'the same words')
      same(member(first.ending, 'computed_by'), 'local', 'who computed')
      ensure(Number(member(first.ending, 'tokens')) > 0, 'tokens that are counted', first.ending)
    },
  ),
  answering('DLM-3.seeded', 'Drawn words are the same with the same seed', async (context, hosting) => {
    const sampling = (seed: number): JsonObject => ({ sampling: { temperature: 1.5, top_k: 40, seed } })
    const texts: string[] = []
    for (const seed of [7, 7, 8, 9, 10]) texts.push((await alone(context, hosting, sampling(seed))).text)
    same(texts[1], texts[0], 'the words of seed 7')
    ensure(
      texts.some((text) => text !== texts[0]),
      'other words with other seeds',
      texts,
    )
  }),
  answering(
    'DLM-3.as-long-as-wanted',
    'An answer is no longer than was wanted, and says that this ended it',
    async (context, hosting) => {
      const { ending } = await alone(context, hosting, { max_tokens: 3 })
      same([member(ending, 'reason'), member(ending, 'tokens')], ['length', 3], 'how it ended')
    },
  ),
  answering(
    'DLM-3.for-a-peer',
    'A trusted peer has an answer computed, and it is that of the node alone; nobody else hears of it',
    async (context, hosting) => {
      const [peer, other] = [await context.fresh('trusted'), await context.fresh('trusted')]
      const planned = await peer.ask(PLAN, { model: hosting.model })
      const stages = member(planned, 'output', 'plan', 'stages')
      ensure(Array.isArray(stages) && stages.length > 0, 'a plan', planned)
      let next = 0
      for (const stage of stages) {
        same(member(stage, 'layers', 'from'), next, 'where a stage begins')
        next = Number(member(stage, 'layers', 'to')) + 1
      }
      same(next, hosting.layers, 'layers that are covered')
      const pipeline_id = member(planned, 'output', 'plan', 'pipeline_id') ?? ''
      const following = await hand.follow(peer, RUN, question(hosting, { pipeline_id }))
      const told = await hand.heardOut(() => following.next())
      same(told.text, (await mine(context, hosting)).text, 'the words')
      const pipelines = member(await peer.ask(STATUS, {}), 'output', 'pipelines')
      ensure(
        Array.isArray(pipelines) && pipelines.length === 1 && member(pipelines[0], 'state') === 'completed',
        'one completed pipeline',
        pipelines,
      )
      same(member(await other.ask(STATUS, {}), 'output', 'pipelines'), [], 'what another peer is told')
    },
  ),
  answering('DLM-10.cancelled-run', 'An answer that its peer cancels is computed no further', async (context, hosting) => {
    const peer = await context.fresh('trusted')
    const following = await hand.follow(
      peer,
      RUN,
      question(hosting, { max_tokens: 400, sampling: { repetition_penalty: 1.4 } }),
    )
    for (let frame = await following.next(); member(frame, 'data', 'frame') !== 'token_delta'; frame = await following.next())
      ensure(member(frame, 'event') === 'data', 'a beginning', frame)
    await following.cancel()
    const stateNow = async (): Promise<Json | undefined> => {
      const pipelines = member(await peer.ask(STATUS, {}), 'output', 'pipelines')
      return Array.isArray(pipelines) ? member(pipelines[0], 'state') : undefined
    }
    const over = await context.eventually(async () => ['cancelled', 'completed'].includes(String(await stateNow())), 5000)
    ensure(over, 'cancelled', await stateNow())
  }),
  answering(
    'DLM-2.nobody-else',
    'Together with others, where nobody offers anything, is shard_unavailable',
    async (context, hosting) => {
      const told = await together(context, hosting)
      same(told.code, 'shard_unavailable', 'how it is refused')
    },
  ),
]

const TOGETHER: readonly Case[] = [
  besideOne(
    'DLM-5.consent',
    'Nobody else computes before a person has said that others may read along',
    async (context, hosting, other) => {
      const told = await hand.chatted(context, question(hosting, { computed_by: 'pipeline' }))
      same(told.code, 'consent_required', 'how it is refused')
      same([other.asked.filter((name) => name === hand.CONNECT).length, other.tokens], [0, 0], 'what the other was asked')
    },
  ),
  besideOne(
    'DLM-3.together',
    'A peer’s layers make the same words, and nothing of them goes on afterwards',
    async (context, hosting, other) => {
      const told = await together(context, hosting)
      same(told.text, (await mine(context, hosting)).text, 'the words')
      same(member(told.ending, 'computed_by'), 'pipeline', 'who computed')
      ensure(other.tokens >= Number(member(told.ending, 'tokens')), 'tokens that went through the peer', other.tokens)
      await without(context, [other])
    },
  ),
  ...(
    [
      ['DLM-6.no-number', 'Rows that are no numbers', (rows) => rows.fill(Number.NaN, 0, 1)],
      ['DLM-6.too-long', 'Rows a billion times as long as they were', (rows) => rows.map((value) => value * 1e9)],
      ['DLM-6.almost-nothing', 'Rows of which almost nothing is left', (rows) => rows.map((value) => value * 1e-9)],
    ] as const satisfies readonly (readonly [string, string, Change])[]
  ).map(([id, what, change]) =>
    besideOne(id, `${what} are not taken, and who gave them is not asked again`, async (context, hosting, other) => {
      other.misdeed = { kind: 'gives', change }
      rightOrNone(await together(context, hosting), await mine(context, hosting))
      same(await faultsOf(context, other), 1, 'faults')
      other.misdeed = null
      same((await together(context, hosting)).code, 'shard_unavailable', 'an answer by who is not believed any more')
      await without(context, [other])
    }),
  ),
  besideOne(
    'DLM-4.alone-after-all',
    'When a peer leaves in the middle and nobody else is there, this device goes on with the same words, and says so',
    async (context, hosting, other) => {
      const { text, ending } = await mine(context, hosting)
      const prompt = Number(member(ending, 'prompt_tokens'))
      other.misdeed = { kind: 'leaves', at: prompt + 4 }
      const asked = question(hosting, { computed_by: 'pipeline_first', others_may_read: true })
      const told = await hand.chatted(context, asked)
      same(told.text, text, 'the words')
      // its own layers in the other's place, or its whole model
      saysSo(told, 'shard_failover', 'pipeline_aborted')
      ensure(other.tokens > prompt, 'tokens that went through the peer', other.tokens)
      await without(context, [other])
    },
  ),
  beside(2)(
    'DLM-4.another-one',
    'When a peer leaves in the middle another one goes on, with the same words',
    async (context, hosting, both) => {
      const { text, ending } = await mine(context, hosting)
      const at = Number(member(ending, 'prompt_tokens')) + 4
      for (const other of both) other.misdeed = { kind: 'leaves', at }
      // whoever leaves first: the other one stays
      const watching = (async () => {
        while (both.every(({ tokens }) => tokens <= at)) await context.pause(5)
        for (const other of both) if (other.tokens <= at) other.misdeed = null
      })()
      const told = await together(context, hosting)
      await watching
      same(told.text, text, 'the words')
      same(member(told.ending, 'failovers'), 1, 'failovers')
      saysSo(told, 'shard_failover')
      await without(context, both)
    },
  ),
  beside(2)(
    'DLM-6.lie',
    'Who computes a little otherwise than two others is found out: its words are taken back and it is left out',
    async (context, hosting, [liar, honest]) => {
      if (!liar || !honest) return
      const change = { messages: [{ role: 'user', content: MANY_WORDS }] }
      liar.misdeed = { kind: 'gives', change: (rows) => rows.map((value) => value * 1.25) }
      const told = await together(context, hosting, change)
      same(told.text, (await mine(context, hosting, change)).text, 'the words in the end')
      ensure(Number(await faultsOf(context, liar)) > 0, 'a fault of the liar', await hand.nodesOf(context))
      same(await faultsOf(context, honest), 0, 'faults of the other')
    },
  ),
  besideOne(
    'DLM-2.no-longer-than-taken',
    'Who takes no conversation of that length is not asked',
    async (context, hosting, other) => {
      await other.offer([shardLike(hosting.shard, { streams: hosting.streams })])
      const full = async () => {
        const shards = (await hand.nodeOf(context, other.nodeId))?.shards
        return Array.isArray(shards) && member(shards[0], 'streams') === hosting.streams
      }
      ensure(await context.eventually(full, hand.HEARD_MS), 'a node that has heard of it', await hand.nodesOf(context))
      same((await together(context, hosting)).code, 'shard_unavailable', 'an answer by who is full')
      same(other.asked.filter((name) => name === hand.CONNECT).length, 0, 'what it was asked')
    },
  ),
]

export const cases: readonly Case[] = [...ALONE, ...TOGETHER]
