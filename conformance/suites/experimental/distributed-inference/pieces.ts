import { sha256 } from '@noble/hashes/sha2.js'
import { toHex, utf8 } from '../../../client/encoding.ts'
import * as hand from '../../../client/layers.ts'
import type { Peer } from '../../../client/peer.ts'
import { type Greeting, TensorTalk } from '../../../client/tensor-session.ts'
import { type Case, ensure, isObject, type JsonObject, member, outcomeOf, same } from '../../../harness/case.ts'
import type { Context } from '../../../harness/context.ts'

// M26: pieces of the node's own model, by their hashes (DLM-7).

const NAMES = 'experimental.distributed_llm'
const OFFERS = `${NAMES}.model.offers`
const MANIFEST = `${NAMES}.model.manifest`
const CONNECT = `${NAMES}.model.connect`
const PUT = `${NAMES}.model.put`
const IMPORT = `${NAMES}.model.import`
const LIST = `${NAMES}.model.list`
const DELETE = `${NAMES}.model.delete`

type Run = (context: Context, peer: Peer, hosting: hand.Hosted) => Promise<void>
const pieces = (id: string, title: string, run: Run): Case => ({
  ...{ id, title, capability: CONNECT, needs: ['wire', 'person'], queue: 'computing', limitMs: 150_000 },
  async run(context) {
    const hosting = await hand.hosted(context)
    await run(context, await context.peer('trusted'), hosting)
  },
})

interface Piece {
  readonly part: string
  readonly file: number
  readonly offset: number
  readonly length: number
  readonly sha256: string
}

async function manifestOf(
  peer: Peer,
  weights: string,
): Promise<{ readonly files: readonly JsonObject[]; readonly pieces: readonly Piece[] }> {
  const answer = await peer.ask(MANIFEST, { weights_sha256: weights })
  const [files, all] = [member(answer, 'output', 'manifest', 'files'), member(answer, 'output', 'manifest', 'pieces')]
  ensure(Array.isArray(files) && Array.isArray(all), 'a manifest', answer)
  return {
    files: files.filter(isObject),
    pieces: all.filter(isObject).map((piece) => ({
      ...{ part: String(piece.part), file: Number(piece.file), offset: Number(piece.offset), length: Number(piece.length) },
      sha256: String(piece.sha256),
    })),
  }
}

/** A session for pieces. @throws Violation */
async function piecesOf(peer: Peer, weights: string): Promise<TensorTalk> {
  const answer = await peer.ask(CONNECT, { weights_sha256: weights })
  ensure(outcomeOf(answer) === 'ok', 'a session and a token', answer)
  const greeting: Greeting = {
    session_id: String(member(answer, 'output', 'session_id')),
    session_token: String(member(answer, 'output', 'session_token')),
    from: peer.nodeId,
    to: peer.target.nodeId,
    purpose: 'model.pieces',
    preferred_dtype: 'int8',
  }
  const talk = await hand.greet(peer, greeting)
  ensure(talk instanceof TensorTalk, 'an open session', talk)
  return talk
}

async function askFor(talk: TensorTalk, ...numbers: readonly number[]): Promise<void> {
  const bytes = new Uint8Array(numbers.length * 4)
  for (const [at, number] of numbers.entries()) new DataView(bytes.buffer).setUint32(at * 4, number)
  await talk.send({ id: 1, dtype: 'int8', shape: [bytes.length], bytes })
}

export const cases: readonly Case[] = [
  pieces(
    'DLM-7.manifest',
    'A manifest has the weights that it is asked for by: their hash is that of its list',
    async (_, peer, { weights }) => {
      const { files, pieces } = await manifestOf(peer, weights)
      let text = ''
      for (const [file, { name, bytes }] of files.entries()) {
        const own = pieces.filter((piece) => piece.file === file)
        let end = 0
        for (const { offset, length } of own) {
          same(offset, end, `where a piece of ${String(name)} begins`)
          end += length
        }
        same(end, bytes, `bytes of ${String(name)}`)
        if (own.every(({ part }) => part === 'text')) continue
        text += `${String(name)}\0${String(bytes)}\n`
        for (const { part, offset, length, sha256 } of own) text += `${part}\0${offset}\0${length}\0${sha256}\n`
      }
      same(`sha256:${toHex(sha256(utf8(text)))}`, weights, 'the hash of the weights')
    },
  ),
  pieces('DLM-7.offers', 'What a node holds is told down to the piece', async (_, peer, { weights, layers }) => {
    const models = member(await peer.ask(OFFERS, {}), 'output', 'models')
    const own = Array.isArray(models) ? models.filter(isObject).find((model) => model.weights_sha256 === weights) : undefined
    ensure(own !== undefined, 'the model', models)
    same(own.held_layers, [{ from: 0, to: layers - 1 }], 'layers')
    const { pieces } = await manifestOf(peer, weights)
    ensure(typeof own.held_pieces === 'string', 'a bit for each piece', own)
    same(own.held_pieces.length, Math.ceil((Math.ceil(pieces.length / 8) * 4) / 3), 'characters of them')
  }),
  pieces('DLM-7.pieces', 'Pieces are what the manifest says, whichever are asked for', async (context, peer, { weights }) => {
    const { pieces } = await manifestOf(peer, weights)
    const talk = await piecesOf(peer, weights)
    const wanted = [0, pieces.length - 1, context.random.below(pieces.length), context.random.below(pieces.length)]
    for (const number of wanted) {
      await askFor(talk, number)
      const tensor = await talk.next(hand.STEP_MS)
      ensure(tensor !== null, `piece ${number}`, talk.over ?? 'nothing')
      same([tensor.id, tensor.dtype, tensor.shape], [number & 0xffff, 'int8', [pieces[number]?.length]], 'its frame')
      same(toHex(sha256(tensor.bytes)), pieces[number]?.sha256, `the hash of piece ${number}`)
    }
    await talk.bye('done')
  }),
  pieces(
    'DLM-7.no-such-piece',
    'A piece that there is not is answered with nothing, or ends the session',
    async (_, peer, { weights }) => {
      const { pieces } = await manifestOf(peer, weights)
      const talk = await piecesOf(peer, weights)
      await askFor(talk, pieces.length + 5)
      const tensor = await talk.next(hand.STEP_MS)
      ensure(
        tensor === null ? talk.over !== null : tensor.bytes.length === 0,
        'no bytes, or the end',
        tensor?.bytes.length ?? talk.over,
      )
      await talk.bye('done')
    },
  ),
  pieces('DLM-7.asked-otherwise', 'What is no list of numbers ends the session', async (_, peer, { weights }) => {
    const talk = await piecesOf(peer, weights)
    await talk.send({ id: 1, dtype: 'int8', shape: [3], bytes: new Uint8Array(3) })
    const end = await talk.endWithin(hand.STEP_MS)
    ensure(end !== null, 'the end', 'a session that goes on')
    talk.hangUp()
  }),
  pieces('DLM-7.not-these-weights', 'Weights that are not here are not_found', async (_, peer) => {
    for (const name of [MANIFEST, CONNECT]) {
      const answer = await peer.ask(name, { weights_sha256: `sha256:${'7'.repeat(64)}` })
      ensure(outcomeOf(answer) === 'not_found', 'not_found', answer)
    }
  }),
  {
    id: 'DLM-7.folder',
    title:
      'A folder comes in order: too early is told where to go on, too much is refused, and nothing of it is taken for a model',
    capability: PUT,
    needs: ['person'],
    async run({ does, seat }) {
      const model = 'from-a-folder'
      const files = [
        { name: 'config.json', bytes: 4 },
        { name: 'onnx/model.onnx', bytes: 3 },
      ]
      await does(IMPORT, { model, from: 'folder', files })
      try {
        const early = await does(PUT, { model, file: 'config.json', offset: 2, data: 'AAAA' })
        same(member(early, 'held_bytes'), 0, 'bytes after a piece that came too early')
        same(member(await does(PUT, { model, file: 'config.json', offset: 0, data: 'e30' }), 'held_bytes'), 2, 'bytes')
        const long = await seat.ask(PUT, { model, file: 'config.json', offset: 2, data: 'AAAAAAAA' })
        ensure(outcomeOf(long) === 'bad_request', 'bad_request', long)
        const other = await seat.ask(PUT, { model, file: 'elsewhere.json', offset: 0, data: 'AAAA' })
        ensure(outcomeOf(other) === 'not_found', 'not_found', other)
        const models = member(await does(LIST, {}), 'models')
        const state = Array.isArray(models) ? models.filter(isObject).find((each) => each.model === model) : undefined
        same([state?.state, state?.weights_sha256, state?.layers], ['paused', null, 0], 'what the list says')
      } finally {
        await does(DELETE, { model })
      }
    },
  },
]
