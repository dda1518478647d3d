import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { fromHex, toBase64Url } from '#protocol/core/encoding.ts'
import { makeChain, saltOf } from '#protocol/lora/chain.ts'
import { decodeFrame, encodeFrame, KEY_BYTES } from '#protocol/lora/frame.ts'
import { createAnchors } from '../../workers/modules/lora/anchors.ts'
import { createProver, type Verdict } from '../../workers/modules/lora/prover.ts'
import { createWindows, NO_WINDOWS, WindowsSchema } from '../../workers/modules/lora/replay-window.ts'
import { createBoard, createPlainShelf } from '../../workers/modules/lora/testing/stations.ts'
import { type FrameVectors, frameVectors, type ProofVectors, proofVectors } from './lora-vectors.ts'

const read = async (name: string): Promise<string> =>
  readFile(new URL(`../../conformance/vectors/lora/${name}`, import.meta.url), 'utf8')
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('vectors of frames (M29, LOR-1)', () => {
  it('are what the generator makes', async () => {
    expect(JSON.parse(await read('frames.json'))).toEqual(asJson(frameVectors()))
  })

  it('say what they say, or are refused where they name a bug', async () => {
    const { vectors }: FrameVectors = JSON.parse(await read('frames.json'))
    for (const { name, valid, hex, head } of vectors) {
      const bytes = fromHex(hex)
      if (!valid) {
        expect(() => decodeFrame(bytes), name).toThrow(expect.objectContaining({ code: 'lora_frame_malformed' }))
        continue
      }
      expect(decodeFrame(bytes), name).toMatchObject(head ?? {})
      expect(encodeFrame(decodeFrame(bytes)), name).toEqual(bytes)
    }
  })
})

describe('vectors of proofs (LOR-7, LOR-8, LOR-9)', () => {
  it('are what the generator makes', async () => {
    expect(JSON.parse(await read('proofs.json'))).toEqual(asJson(await proofVectors()))
  })

  it('get the verdict they name', async () => {
    const { vectors, anchor }: ProofVectors = JSON.parse(await read('proofs.json'))
    const salt = saltOf(anchor.node_id, anchor.starts_at)
    const keys = await makeChain('key', salt, new Uint8Array(KEY_BYTES).fill(2), async () => {})
    const panics = await makeChain('panic', salt, new Uint8Array(KEY_BYTES).fill(3), async () => {})
    const board = createBoard()
    board.publish(anchor.node_id, {
      starts_at: anchor.starts_at,
      days: 366,
      interval_seconds: 300,
      keys: toBase64Url(keys.commitments),
      panics: toBase64Url(panics.commitments),
    })
    for (const { name, frames, expected } of vectors) {
      const verdicts: Verdict[] = []
      const prover = createProver<number>({
        anchors: createAnchors(board.view, () => true),
        windows: createWindows(await createPlainShelf().open('windows', WindowsSchema, NO_WINDOWS)),
        random: () => 0.5,
        settled: (at, verdict) => {
          verdicts[at] = verdict
        },
      })
      for (const [index, { at, hex }] of frames.entries()) {
        verdicts[index] = prover.judge(decodeFrame(fromHex(hex)), at, index)
      }
      expect(
        verdicts.map(({ proof, doubt }) => ({ proof, doubt })),
        name,
      ).toEqual(expected)
    }
  })
})
