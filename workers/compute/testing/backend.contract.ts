import { describe, expect, it } from 'vitest'
import { embedOnly, headOnly, layersOnly, wholeOf } from '../cut/span.ts'
import type { Backend } from '../engine/backend.ts'
import { furthest, generate, runnerFor } from './chain.ts'
import { createReferenceBackend } from './reference-backend.ts'
import { synthesise } from './synthesise.ts'
import { FAMILIES } from './synthetic/families.ts'
import { SMALL } from './synthetic/shape.ts'
import type { TestModel } from './test-model.ts'

const PROMPT = [5, 17, 130, 42, 7]

export interface BackendUnderTest {
  readonly name: string
  /** Null where it is not there: then its tests are skipped, and the run says so. */
  readonly open: (() => Promise<Backend>) | null
  /** Software drivers take seconds for a token. */
  readonly steps: number
}

const MODELS: readonly (readonly [string, () => TestModel])[] = [
  ['fp32', () => synthesise(SMALL)],
  ['int4', () => synthesise({ ...SMALL, weights: 'int4' })],
  ['dynamic int8', () => synthesise({ ...SMALL, weights: 'int8', seed: 8 })],
  ['Qwen3 in fp16', () => synthesise({ ...FAMILIES.qwen3, weights: 'fp16' })],
  ['Gemma 3', () => synthesise(FAMILIES.gemma3)],
  ['Phi 3', () => synthesise(FAMILIES.phi3)],
]

/** What every backend must do; the CPU twin says what is right. */
export function testBackend({ name, open, steps }: BackendUnderTest): void {
  describe.skipIf(open === null)(`backend ${name}`, () => {
    const opened = async (): Promise<Backend> => {
      if (!open) throw new Error('a skipped backend was asked for')
      return open()
    }

    it.each(MODELS)('says what the reference says, token for token: %s', async (_, make) => {
      const model = make()
      const whole = wholeOf(model.decoder)
      const right = await generate([await runnerFor(createReferenceBackend(), model, whole)], PROMPT, steps)
      const runner = await runnerFor(await opened(), model, whole)
      const said = await generate([runner], PROMPT, steps)
      expect(said.tokens).toEqual(right.tokens)
      expect(furthest(said, right)).toBeLessThan(1e-3)
      await runner.release()
    })

    it('says the same to the bit when the model is cut', async () => {
      const model = synthesise(SMALL)
      const backend = await opened()
      const whole = await generate([await runnerFor(backend, model, wholeOf(model.decoder))], PROMPT, steps)
      const spans = [embedOnly, layersOnly(0, 1), layersOnly(1, 4), headOnly(model.decoder)]
      const chain = await Promise.all(spans.map((span) => runnerFor(backend, model, span)))
      const said = await generate(chain, PROMPT, steps)
      expect(said.tokens).toEqual(whole.tokens)
      expect(furthest(said, whole)).toBe(0)
    })

    it('keeps conversations apart that take turns', async () => {
      const model = synthesise(SMALL)
      const runner = await runnerFor(await opened(), model, wholeOf(model.decoder))
      const step = (tokens: readonly number[]) => ({ kind: 'tokens', tokens }) as const
      const alone = await runner.forward('alone', 0, step([1, 2, 3]))
      runner.forget('alone')
      const [first, other] = await Promise.all([
        runner.forward('a', 0, step([1, 2])),
        runner.forward('b', 0, step([9, 8, 7, 6])),
      ])
      expect(first.data).not.toEqual(other.data)
      const last = await runner.forward('a', 2, step([3]))
      for (const [index, value] of last.data.entries()) expect(value).toBeCloseTo(alone.data[index] ?? Number.NaN, 4)
      await runner.release()
    })
  })
}
