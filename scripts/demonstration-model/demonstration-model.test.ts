import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseManifest } from '#protocol/distributed-inference/model-manifest.ts'
import { headOnly, layersOnly, type Span, wholeOf } from '../../workers/compute/cut/span.ts'
import { isOurs } from '../../workers/compute/model/kept.ts'
import { openModel, type ReadyModel } from '../../workers/compute/model/open-model.ts'
import { generate } from '../../workers/compute/pipeline/generate.ts'
import { runnerFor } from '../../workers/compute/testing/chain.ts'
import { folderOf } from '../../workers/compute/testing/folder.ts'
import { ortInNode } from '../../workers/compute/testing/ort-node.ts'

const HERE = import.meta.dirname
const MODEL = join(HERE, '../../public/models/hearthnet-demonstration')
const GREEDY = { temperature: 0, topK: 0, topP: 1, repetitionPenalty: 1, seed: 0 }

interface Topic {
  readonly questions: readonly string[]
  readonly answer: string
}

/** `? question | question | question` and `! answer`, as train.py reads them. */
function topicsIn(file: string): readonly Topic[] {
  const topics: Topic[] = []
  let questions: readonly string[] = []
  for (const line of readFileSync(join(HERE, file), 'utf8').split('\n')) {
    if (line.startsWith('? '))
      questions = line
        .slice(2)
        .split(' | ')
        .map((part) => part.trim())
    else if (line.startsWith('! ')) topics.push({ questions, answer: line.slice(2).trim() })
  }
  return topics
}

const files = new Map(
  readdirSync(MODEL, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(MODEL, path), new Uint8Array(readFileSync(path))] as const),
)
const [german, english] = [topicsIn('text.de.txt'), topicsIn('text.en.txt')]
const asked = [...german, ...english].filter((_, index) => index % 16 === 0)
let model: ReadyModel
beforeAll(async () => {
  model = await openModel(folderOf(new Map([...files].filter(([name]) => !isOurs(name))), 'hearthnet-demonstration'))
})

const chainOf = async (spans: readonly Span[]) => {
  const backend = ortInNode()
  const config = { hiddenSize: 192, headSize: 32 }
  return Promise.all(spans.map((span) => runnerFor(backend, { decoder: model.decoder, read: model.read, config }, span)))
}

async function answerOf(chain: Awaited<ReturnType<typeof chainOf>>, question: string): Promise<string> {
  const stages = chain.map((runner) => ({
    forward: (position: number, step: Parameters<typeof runner.forward>[2]) => runner.forward('a', position, step),
    forget: () => runner.forget('a'),
  }))
  const said = generate(
    { stages, codec: model.codec, hiddenSize: 192, monotonic: () => 0 },
    {
      prompt: model.codec.prompt([{ role: 'user', content: question }]),
      sampling: GREEDY,
      maxTokens: 120,
      stops: [],
      chunk: 128,
      stepwise: true,
    },
  )
  let text = ''
  for (;;) {
    const next = await said.next()
    if (next.done) return next.value.reason === 'end' ? text : `${text} …`
    text += next.value.text
  }
}

async function allAnswers(chain: Awaited<ReturnType<typeof chainOf>>, topics = asked): Promise<readonly string[]> {
  const answers: string[] = []
  for (const { questions } of topics) answers.push(await answerOf(chain, questions[0] ?? ''))
  return answers
}

describe('the demonstration model', () => {
  let whole: readonly string[]
  beforeAll(async () => {
    whole = await allAnswers(await chainOf([wholeOf(model.decoder)]))
  })
  it('is small, and its manifest is the one that every device makes of its files (DLM-7)', () => {
    const total = [...files.values()].reduce((sum, { length }) => sum + length, 0)
    expect(total).toBeLessThan(8 * 1024 * 1024)
    const published = parseManifest(JSON.parse(new TextDecoder().decode(files.get('hearthnet.json'))))
    expect(model.manifest).toEqual(published)
    expect(model.decoder.layers).toBe(6)
  })

  it('says of itself how it was trained, and how little it understands of what it was not', () => {
    const report = JSON.parse(new TextDecoder().decode(files.get('training.json')))
    expect(report.questions.answered_word_for_word / report.questions.asked).toBeGreaterThan(0.95)
    expect(report.held_back.answered_word_for_word).toBeLessThanOrEqual(report.held_back.asked)
    expect(report.loss.at(-1)[1]).toBeLessThan(0.05)
  })

  it('answers questions of its text word for word, in German and in English', () => {
    const right = asked.filter(({ answer }, index) => whole[index] === answer)
    expect(right.length).toBeGreaterThanOrEqual(asked.length - 1)
  })

  it.each([2, 3, 6])('answers the same cut into %i (DLM-3)', async (parts) => {
    const size = 6 / parts
    const spans = Array.from(
      { length: parts },
      (_, index): Span => ({
        ...layersOnly(index * size, (index + 1) * size),
        embed: index === 0,
        head: index === parts - 1,
      }),
    )
    const chain = await chainOf(spans)
    expect(await allAnswers(chain, asked.slice(0, 4))).toEqual(whole.slice(0, 4))
  })

  it('answers the same with each layer and each end on its own', async () => {
    const layers = Array.from({ length: 6 }, (_, layer) => layersOnly(layer, layer + 1))
    const chain = await chainOf([{ embed: true, first: 0, end: 0, head: false }, ...layers, headOnly(model.decoder)])
    expect(await allAnswers(chain, asked.slice(0, 4))).toEqual(whole.slice(0, 4))
  })
})
