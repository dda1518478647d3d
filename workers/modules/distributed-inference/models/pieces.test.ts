import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { toHex } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { sha256 } from '#protocol/core/hash.ts'
import {
  type ModelManifest,
  parseManifest,
  type Wanted,
  weightsHashOf,
} from '#protocol/distributed-inference/model-manifest.ts'
import { createLibrary, type KeptModel, type Library } from '../../../compute/model/library.ts'
import { createMemoryModelStore } from '../../../compute/testing/memory-store.ts'
import type { ReceivedTensor, Tensor, TensorSession } from '../../../kernel/tensors.ts'
import { createSeededRuntime } from '../../../testing/seeded-runtime.ts'
import { fetchPieces, servePieces, type Wanting } from './pieces.ts'

const ALL: Wanted = { layers: null, ends: true }
const PIECE_BYTES = 16
const PIECES = 8
const contents = Uint8Array.from({ length: PIECES * PIECE_BYTES }, (_, index) => index)
const bytesOf = (piece: number): Uint8Array<ArrayBuffer> => contents.slice(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES)

function smallest(): ModelManifest {
  const files = [{ name: 'model.onnx', bytes: contents.length, sha256: toHex(sha256(contents)) }]
  const pieces = Array.from({ length: PIECES }, (_, piece) => ({
    part: piece === 0 ? 'graph' : '0',
    file: 0,
    offset: piece * PIECE_BYTES,
    length: PIECE_BYTES,
    sha256: toHex(sha256(bytesOf(piece))),
  }))
  const weights_sha256 = weightsHashOf({ files, pieces })
  return parseManifest({ format: 'hearthnet-model', version: 1, model: 'tiny', weights_sha256, layers: 1, files, pieces })
}

/** One side of a session, played by hand: what the other side says, and what it is told. */
function createPuppet(said: AsyncIterable<ReceivedTensor>, onSend: (tensor: Tensor) => void = () => undefined) {
  const sent: { readonly tensor: Tensor; readonly id: number | undefined }[] = []
  const ended: string[] = []
  const session = {
    tensors: said,
    async send(tensor: Tensor, options?: { readonly id?: number }) {
      sent.push({ tensor, id: options?.id })
      onSend(tensor)
    },
    cancel: (reason: string) => void ended.push(reason),
    close: async () => void ended.push('done'),
  } as unknown as TensorSession // nothing else of it is asked for
  return { session, sent, ended }
}

const tensor = (id: number, bytes: Uint8Array<ArrayBuffer>): ReceivedTensor => ({
  id,
  dtype: 'int8',
  shape: [bytes.length],
  bytes,
  grad: false,
})

async function* saying(...tensors: readonly ReceivedTensor[]): AsyncGenerator<ReceivedTensor> {
  yield* tensors
}

describe('pieces', () => {
  const manifest = smallest()
  let library: Library
  let kept: KeptModel
  beforeEach(async () => {
    library = createLibrary(createMemoryModelStore())
    kept = await library.begin('tiny', manifest, ALL)
  })

  it('that were changed anywhere are refused with a code, and nothing of them is kept: 100,000 times', {
    timeout: 120_000,
  }, async () => {
    const random = randomBytes(400_000)
    const codes = new Set<string>()
    for (let run = 0; run < 100_000; run++) {
      const [a = 0, b = 0, c = 0, d = 0] = random.subarray(run * 4)
      // other numbers, other lengths, other bytes
      const piece = a % (PIECES + 2)
      const bytes = bytesOf(b % PIECES).slice(0, c % 8 === 0 ? d % PIECE_BYTES : PIECE_BYTES)
      if (b % PIECES === piece && bytes.length > 0) bytes[c % bytes.length] = (bytes[c % bytes.length] ?? 0) ^ (1 + (d % 255))
      try {
        await library.put('tiny', kept, piece, bytes)
        codes.add('kept')
      } catch (error) {
        codes.add(error instanceof HearthError ? error.code : String(error))
      }
    }
    expect(codes).toEqual(new Set(['weights_mismatch', 'bad_request']))
    expect(kept.held).toEqual(new Uint8Array(1))
  })

  it('are sent to who asks, whatever is asked: others end the session, none end the node', async () => {
    for (const piece of [0, 1, 5]) await library.put('tiny', kept, piece, bytesOf(piece))
    const asked = Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 7, 0xff, 0xff, 0xff, 0xff)
    const { session, sent, ended } = createPuppet(saying(tensor(1, asked)))
    await servePieces(session, library, 'tiny', kept)
    await expect.poll(() => sent.length).toBe(4)
    // whichever is read first goes first
    expect(new Map(sent.map(({ id, tensor: { bytes } }) => [id, bytes]))).toEqual(
      new Map([
        [1, bytesOf(1)],
        [5, bytesOf(5)],
        [7, new Uint8Array(0)],
        [0xffff, new Uint8Array(0)],
      ]),
    )
    expect(ended).toEqual([])
    for (const wrong of [new Uint8Array(0), new Uint8Array(3), new Uint8Array(65 * 4)]) {
      const puppet = createPuppet(saying(tensor(1, wrong)))
      await servePieces(puppet.session, library, 'tiny', kept)
      expect([puppet.ended, puppet.sent]).toEqual([['bad_request'], []])
    }
    for (let run = 0; run < 2000; run++) {
      const puppet = createPuppet(saying(tensor(run, new Uint8Array(randomBytes(run % 300)))))
      await servePieces(puppet.session, library, 'tiny', kept)
    }
  })

  function wantingAll(): Wanting & { readonly queue: Set<number> } {
    const queue = new Set(library.missing(kept, ALL))
    return {
      queue,
      take(held) {
        const piece = [...queue].find(held)
        if (piece !== undefined) queue.delete(piece)
        return piece
      },
      giveBack: (piece) => void queue.add(piece),
      put: (piece, bytes) => library.put('tiny', kept, piece, bytes),
    }
  }
  const { signal } = new AbortController()

  it.each<[string, readonly ReceivedTensor[], string]>([
    ['another piece', [tensor(0, bytesOf(1))], 'weights_mismatch'],
    ['a piece nobody asked for', [tensor(9, bytesOf(1))], 'weights_mismatch'],
    ['a piece twice', [tensor(0, bytesOf(0)), tensor(0, bytesOf(0))], 'weights_mismatch'],
    ['more than a piece', [tensor(0, new Uint8Array(PIECE_BYTES + 1))], 'weights_mismatch'],
    ['less than a piece', [tensor(0, new Uint8Array(1))], 'weights_mismatch'],
    ['nothing, and goes', [], 'partition'],
  ])('of a peer that sends %s are wanted of somebody else', async (_, tensors, code) => {
    const runtime = createSeededRuntime(1)
    const wanting = wantingAll()
    const { session } = createPuppet(saying(...tensors))
    await expect(fetchPieces({ session, manifest, wanting, held: () => true, runtime, signal })).rejects.toMatchObject({ code })
    expect(new Set([...wanting.queue])).toEqual(new Set(library.missing(kept, ALL)))
  })

  it('of a peer that drips are given up after half a minute', async () => {
    const runtime = createSeededRuntime(1)
    const wanting = wantingAll()
    const never: AsyncIterable<ReceivedTensor> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
    }
    const { session, ended } = createPuppet(never)
    const fetching = fetchPieces({ session, manifest, wanting, held: () => true, runtime, signal })
    const refused = expect(fetching).rejects.toMatchObject({ code: 'timeout' })
    await runtime.advance(31_000)
    await refused
    expect([ended, wanting.queue.size]).toEqual([['timeout'], PIECES])
  })

  it('that a peer has not after all are asked of it once', async () => {
    const { session, sent, ended } = createPuppet(
      saying(
        ...Array.from({ length: PIECES }, (_, piece) => tensor(piece, piece % 2 === 0 ? bytesOf(piece) : new Uint8Array(0))),
      ),
    )
    const wanting = wantingAll()
    await fetchPieces({ session, manifest, wanting, held: () => true, runtime: createSeededRuntime(1), signal })
    expect([...wanting.queue].sort()).toEqual([1, 3, 5, 7])
    expect([sent.length, ended]).toEqual([1, ['done']])
  })
})
