import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHearthError } from '#protocol/core/errors.ts'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { layersOnly } from '../cut/span.ts'
import { countingBackend } from '../testing/counting-backend.ts'
import { ortInNode } from '../testing/ort-node.ts'
import { synthesise } from '../testing/synthesise.ts'
import { SMALL } from '../testing/synthetic/shape.ts'
import { createEngine } from './engine.ts'
import { shapeOf } from './shape.ts'

/** Who talks, and how long at most. */
const WHO = 4
const STEPS = 6
const LARGE = 1e9

const ACTS = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('say' as const), who: fc.nat(WHO - 1) }) },
    { weight: 9, arbitrary: fc.record({ do: fc.constant('all say' as const) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('forget' as const), who: fc.nat(WHO - 1) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('unload' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('budget' as const), tokens: fc.nat(3 * STEPS) }) },
  ),
  { maxLength: 60 },
)
/** What a conversation may be told that was forgotten, made room for others, or goes on where it never was. */
const REFUSALS = ['not_found', 'pipeline_cancelled', 'capacity_exceeded', 'bad_request']

const source = synthesise(SMALL)
const shape = shapeOf(source.decoder, source.config)
const model = { id: 'small', decoder: source.decoder, shape, read: source.read }
const layers = layersOnly(0, source.decoder.layers)
const hidden = (who: number, position: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: shape.hiddenSize }, (_, at) => Math.sin(1 + who * 7919 + position * 104_729 + at * 31))

async function start() {
  const backend = countingBackend(ortInNode())
  const { monotonic, after } = createSeededRuntime(1)
  const open = async (kind: 'webgpu' | 'wasm') => (kind === 'wasm' ? backend : null)
  const breathe = () => new Promise<void>((resolve) => void setImmediate(resolve))
  const engine = await createEngine({ open, monotonic, after, breathe }, { budgetBytes: LARGE, idleMs: 60_000 })
  return { backend, engine }
}

/** What each of them says at each of its steps when nobody else is about. */
async function allAlone(): Promise<readonly (readonly (readonly number[])[])[]> {
  const { engine } = await start()
  const shard = await engine.load(model, layers)
  const all: (readonly number[])[][] = []
  for (let who = 0; who < WHO; who++) {
    const said: (readonly number[])[] = []
    for (let position = 0; position < STEPS; position++)
      said.push([...(await engine.forward(shard, `${who}`, position, { kind: 'hidden', hidden: hidden(who, position) })).data])
    all.push(said)
  }
  await engine.close()
  return all
}

describe('whatever is asked of the engine at once', () => {
  it('is answered as it is alone, to the bit, or refused; and nothing of it is left (DLM-3, DLM-8, DLM-10)', async () => {
    const alone = await allAlone()
    let together = 0
    await fc.assert(
      fc.asyncProperty(ACTS, async (acts) => {
        const { backend, engine } = await start()
        const shard = await engine.load(model, layers)
        const { bytes, cacheBytesPerToken } = engine.status().shards[0] ?? { bytes: 0, cacheBytesPerToken: 0 }
        const positions = Array.from({ length: WHO }, () => 0)
        const asked: Promise<void>[] = []

        const forget = (who: number): void => {
          engine.forget(shard, `${who}`)
          positions[who] = 0
        }
        function say(who: number): void {
          const position = positions[who] ?? 0
          if (position === STEPS) {
            forget(who)
            return
          }
          positions[who] = position + 1
          const step = { kind: 'hidden', hidden: hidden(who, position) } as const
          asked.push(
            engine.forward(shard, `${who}`, position, step).then(
              ({ data }) => expect([...data], `${who} at ${position}`).toEqual(alone[who]?.[position]),
              (error: unknown) => {
                expect(REFUSALS).toContain(toHearthError(error).code)
                // as whoever asks does: it begins anew
                forget(who)
              },
            ),
          )
        }
        for (const act of acts) {
          if (act.do === 'say') say(act.who)
          else if (act.do === 'all say') for (let who = 0; who < WHO; who++) say(who)
          else if (act.do === 'forget') forget(act.who)
          else if (act.do === 'wait') await Promise.all(asked)
          else if (act.do === 'unload')
            asked.push(engine.unload(shard).then(async () => void (await engine.load(model, layers))))
          else asked.push(engine.setBudget(bytes + act.tokens * cacheBytesPerToken).then(() => engine.setBudget(LARGE)))
        }
        await Promise.all(asked)
        together += backend.runsOfSeveral
        await engine.close()
        expect(backend.alive).toEqual({ values: 0, programs: 0 })
      }),
      { numRuns: 60 },
    )
    // or none of it would have been about several that go in one run
    expect(together).toBeGreaterThan(10)
  })
})
