import { createHash } from 'node:crypto'
import { bad, good } from '../cases.ts'
import type { VectorSource } from '../format.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

type Part = readonly [part: string, text: string]
interface Said {
  readonly name: string
  readonly parts: readonly Part[]
}

/** A manifest of files that are put together from the text of their parts. */
function manifestOf(layers: number, said: readonly Said[]) {
  const files = said.map(({ name, parts }) => {
    const text = parts.map(([, piece]) => piece).join('')
    return { name, bytes: text.length, sha256: sha256(text) }
  })
  const pieces = said.flatMap(({ parts }, file) => {
    let offset = 0
    return parts.map(([part, text]) => {
      const piece = { part, file, offset, length: text.length, sha256: sha256(text) }
      offset += text.length
      return piece
    })
  })
  // the text that is hashed, as the page says it, and not as the program under test makes it
  const hashed = files.flatMap(({ name, bytes }, file) => {
    const own = pieces.filter((piece) => piece.file === file)
    if (own.every(({ part }) => part === 'text')) return []
    return [`${name}\0${bytes}\n`, ...own.map((one) => `${[one.part, one.offset, one.length, one.sha256].join('\0')}\n`)]
  })
  const weights_sha256 = `sha256:${sha256(hashed.join(''))}`
  return { format: 'hearthnet-model', version: 1, model: 'tiny', weights_sha256, layers, files, pieces }
}

const TEXT: Said = { name: 'config.json', parts: [['text', '{}']] }
const GRAPH: Said = { name: 'onnx/model.onnx', parts: [['graph', 'how it is put together']] }
const WEIGHTS: Said = {
  name: 'onnx/model.onnx_data',
  parts: [
    ['embed', 'a table'],
    ['0', 'layer zero'],
    ['1', 'layer one'],
    ['graph', 'cosines'],
    ['head', 'another table'],
  ],
}
const apart = manifestOf(2, [TEXT, GRAPH, WEIGHTS])
const inside = manifestOf(1, [
  TEXT,
  {
    name: 'onnx/model.onnx',
    parts: [
      ['graph', 'begin'],
      ['ends', 'table'],
      ['0', 'layer'],
      ['graph', 'end'],
    ],
  },
])
const otherText = manifestOf(2, [{ name: 'config.json', parts: [['text', '{ }']] }, GRAPH, WEIGHTS])

const { pieces, files } = apart
const withPiece = (index: number, change: object) => ({
  ...apart,
  pieces: pieces.map((piece, at) => (at === index ? { ...piece, ...change } : piece)),
})
const known = (manifest: typeof apart) => [{ manifest }, { weights_sha256: manifest.weights_sha256 }] as const
const refused = (name: string, catches: string, manifest: object, code = 'bad_request') =>
  bad(name, catches, { manifest }, code)

export const manifests = (): VectorSource => ({
  name: 'manifest',
  operation: 'distributed_llm.manifest',
  rule: 'DLM-7',
  about: 'What a model consists of, and the hash that vouches for its weights.',
  vectors: [
    good('weights beside the graph', 'Each file and each piece has its line', ...known(apart)),
    good('weights inside the graph', 'One table at both ends', ...known(inside)),
    good('another configuration', 'Text is not among the weights: the same hash', ...known(otherText)),
    refused(
      'another piece',
      'weights of another model under the hash of this one',
      withPiece(2, { sha256: sha256('layer nil') }),
      'weights_mismatch',
    ),
    refused(
      'another part',
      'bytes of a layer that are withheld from who computes it',
      withPiece(3, { part: '1' }),
      'weights_mismatch',
    ),
    refused('a gap', 'bytes that nobody checks', { ...apart, pieces: pieces.toSpliced(3, 1) }),
    refused('an overlap', 'a piece that overwrites a checked one', withPiece(3, { offset: 16 })),
    refused('no end', 'a file that is longer than what is checked', { ...apart, pieces: pieces.slice(0, -1) }),
    refused('a piece too long', 'a read behind the end of a file', withPiece(6, { length: 14 })),
    refused('a layer too many', 'layers that nobody computes', withPiece(3, { part: '2' })),
    refused('a file twice', 'two contents of one name', { ...apart, files: [...files.slice(0, 1), ...files] }),
    refused('files out of order', 'two hashes of the same weights', { ...apart, files: files.toReversed() }),
    ...['../peer-key', '/etc/passwd', 'a/../../b', '.hidden', 'a\\b', 'a//b', ''].map((name) =>
      refused(`a file called ${JSON.stringify(name)}`, 'a file outside of the folder of its model', {
        ...apart,
        files: files.map((file, at) => (at === 0 ? { ...file, name } : file)),
      }),
    ),
    refused('a piece of nothing', 'a piece that never ends', withPiece(3, { length: 0 })),
    refused('a piece of two MiB', 'room made for what one peer says', withPiece(3, { length: 2_097_152 })),
  ],
})
