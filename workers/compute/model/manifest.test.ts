import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { toHex } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { sha256 } from '#protocol/core/hash.ts'
import { type ModelManifest, parseManifest, weightsHashOf } from '#protocol/distributed-inference/model-manifest.ts'
import { cut } from '../cut/cut.ts'
import { layersOnly } from '../cut/span.ts'
import { rangesOf } from '../cut/weights.ts'
import { FIXTURES } from '../testing/fixtures.ts'
import { fixtureFiles, folderOf } from '../testing/folder.ts'
import { openModel } from './open-model.ts'

const manifestFor = async (name: (typeof FIXTURES)[number]): Promise<ModelManifest> =>
  (await openModel(folderOf(fixtureFiles(name)))).manifest

describe('a manifest', () => {
  it.each(FIXTURES)('has every byte of every file in one piece, with its SHA-256 (DLM-7): %s', async (name) => {
    const files = fixtureFiles(name)
    const manifest = await manifestFor(name)
    expect(parseManifest(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest)
    expect(manifest.files.map((file) => file.name)).toEqual([...files.keys()].sort())
    for (const [index, { name: file, sha256: hash, bytes }] of manifest.files.entries()) {
      const content = files.get(file) ?? new Uint8Array()
      expect(bytes).toBe(content.length)
      expect(hash).toBe(toHex(sha256(content)))
      const own = manifest.pieces.filter((piece) => piece.file === index)
      expect(own.reduce((sum, { length }) => sum + length, 0)).toBe(content.length)
      for (const piece of own)
        expect(piece.sha256).toBe(toHex(sha256(content.subarray(piece.offset, piece.offset + piece.length))))
    }
  })

  it.each(FIXTURES)('says of each layer exactly the bytes that compute it, and whose they are beside: %s', async (name) => {
    const model = await openModel(folderOf(fixtureFiles(name)))
    const { manifest, decoder } = model
    for (let layer = 0; layer < decoder.layers; layer++) {
      for (const { file, offset, length } of rangesOf(cut(decoder, layersOnly(layer, layer + 1)))) {
        const place = manifest.files.findIndex((one) => one.name === file)
        const parts = manifest.pieces
          .filter((piece) => piece.file === place && piece.offset < offset + length && offset < piece.offset + piece.length)
          .map(({ part }) => part)
        expect(['graph', String(layer)]).toEqual(expect.arrayContaining(parts))
      }
    }
    const own = manifest.pieces.filter(({ part }) => part === '3').reduce((sum, { length }) => sum + length, 0)
    expect(own).toBeGreaterThan(200_000)
    // one table at both ends; the final norm is the head's alone
    const parts = new Set(manifest.pieces.map(({ part }) => part))
    expect([parts.has('ends'), parts.has('embed'), parts.has('head')]).toEqual([true, false, true])
  })

  it('vouches for its pieces by the hash of the weights: whoever changes one changes that', async () => {
    const manifest = await manifestFor('qwen2-cpu-int4')
    for (const [index, piece] of manifest.pieces.entries()) {
      const forged = { ...piece, sha256: toHex(sha256(Uint8Array.of(index))) }
      const pieces = manifest.pieces.toSpliced(index, 1, forged)
      if (piece.part === 'text') expect(weightsHashOf({ ...manifest, pieces })).toBe(manifest.weights_sha256)
      else expect(() => parseManifest({ ...manifest, pieces })).toThrow(expect.objectContaining({ code: 'weights_mismatch' }))
    }
  })

  it.each<[string, (manifest: ModelManifest) => unknown]>([
    ['a file that leads out of its folder', (m) => ({ ...m, files: m.files.with(0, { ...file(m, 0), name: '../secret' }) })],
    ['a hidden file', (m) => ({ ...m, files: m.files.with(0, { ...file(m, 0), name: 'a/.b' }) })],
    ['one file twice', (m) => ({ ...m, files: [file(m, 0), ...m.files] })],
    ['a piece that is missing', (m) => ({ ...m, pieces: m.pieces.slice(1) })],
    ['a last piece that is missing', (m) => ({ ...m, pieces: m.pieces.slice(0, -1) })],
    ['a piece twice', (m) => ({ ...m, pieces: [...m.pieces.slice(0, 1), ...m.pieces] })],
    ['a file longer than its pieces', (m) => ({ ...m, files: m.files.with(0, { ...file(m, 0), bytes: 1e9 }) })],
    ['a layer that there is not', (m) => ({ ...m, layers: 3 })],
    ['nothing', () => null],
  ])('with %s is refused', async (_, change) => {
    const manifest = await manifestFor('qwen2-cpu-int4')
    expect(() => parseManifest(change(manifest))).toThrow(expect.objectContaining({ code: 'bad_request' }))
  })

  it('is read or refused with a code, however it is mutated: 100,000 times', { timeout: 120_000 }, async () => {
    // one of the size of a first model, or most of the time goes by in JSON
    const manifest = await manifestFor('qwen2-cpu-int4')
    const few = new Set([0, 1, manifest.pieces.length - 1])
    const small = { ...manifest, pieces: manifest.pieces.filter((_, index) => few.has(index)) }
    const text = JSON.stringify(small)
    const random = randomBytes(400_000)
    const codes = new Map<string, number>()
    const runs = 100_000
    for (let run = 0; run < runs; run++) {
      const [a = 0, b = 0, c = 0, d = 0] = random.subarray(run * 4)
      const at = (a * 65_536 + b * 256 + c) % text.length
      const cutOff = d < 32 ? text.slice(0, at) : text.slice(0, at) + String.fromCharCode(d) + text.slice(at + (d & 1))
      try {
        parseManifest(JSON.parse(cutOff))
        codes.set('read', (codes.get('read') ?? 0) + 1)
      } catch (error) {
        const code = error instanceof SyntaxError ? 'no JSON' : error instanceof HearthError ? error.code : String(error)
        codes.set(code, (codes.get(code) ?? 0) + 1)
      }
    }
    expect(new Set(codes.keys())).toEqual(new Set(['no JSON', 'bad_request']))
    expect(codes.get('bad_request')).toBeGreaterThan(1000)
  })
})

const file = ({ files }: ModelManifest, index: number): ModelManifest['files'][number] => {
  const found = files[index]
  if (!found) throw new Error(`no file ${index}`)
  return found
}
