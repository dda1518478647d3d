import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { DISTRIBUTED_LLM_DEMONSTRATION_MODEL } from '../../protocol/src/distributed-inference/constants.ts'
import { isOurs, MANIFEST_FILE } from '../../workers/compute/model/kept.ts'
import { type ModelFolder, openModel } from '../../workers/compute/model/open-model.ts'
import {
  type Attribute,
  attributeOf,
  ELEMENT,
  GRAPH,
  MICROSOFT,
  MODEL,
  type Node,
  nodeOf,
  type Tensor,
  tensorOf,
  valueInfoOf,
} from '../../workers/compute/onnx/model.ts'

// npx tsx scripts/demonstration-model/make.ts IN [OUT]: what train.py wrote in the layout in which published models come, so that
// nothing in the app has to know that this one is ours. Products are int8 with one scale a column (dynamic quantisation, as
// `quantize_dynamic` of ONNX Runtime writes it); norms and the embedding stay float32.

const SHAPE = { hidden: 192, layers: 6, heads: 6, kvHeads: 2, inner: 512, vocabulary: 1024, positions: 512 }
const EPSILON = 1e-6
const TEMPLATE =
  "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"

interface Weight {
  readonly dims: readonly number[]
  readonly data: Float32Array
}

/** Reads safetensors: the length of a JSON header in 8 bytes, the header, the tensors. */
function weightsIn(file: Uint8Array): ReadonlyMap<string, Weight> {
  const view = new DataView(file.buffer, file.byteOffset)
  const length = Number(view.getBigUint64(0, true))
  const header: Readonly<Record<string, { shape: number[]; data_offsets: [number, number] }>> = JSON.parse(
    new TextDecoder().decode(file.subarray(8, 8 + length)),
  )
  return new Map(
    Object.entries(header).flatMap(([name, { shape, data_offsets }]): [string, Weight][] =>
      name === '__metadata__'
        ? []
        : [
            [
              name,
              {
                dims: shape,
                data: new Float32Array(file.slice(8 + length + data_offsets[0], 8 + length + data_offsets[1]).buffer),
              },
            ],
          ],
    ),
  )
}

/** [out, in] as torch has it to [in, out], as int8 with one scale for each column. */
function quantised({ dims: [columns = 0, rows = 0], data }: Weight): {
  readonly codes: Int8Array
  readonly scales: Float32Array
} {
  const codes = new Int8Array(rows * columns)
  const scales = new Float32Array(columns)
  for (let column = 0; column < columns; column++) {
    const own = data.subarray(column * rows, (column + 1) * rows)
    const scale = own.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12) / 127
    scales[column] = scale
    for (const [row, value] of own.entries()) codes[row * columns + column] = Math.round(value / scale)
  }
  return { codes, scales }
}

function graphOf(weights: ReadonlyMap<string, Weight>): Uint8Array {
  const { hidden, layers, heads, kvHeads, positions, vocabulary } = SHAPE
  const headSize = hidden / heads
  const nodes: Node[] = []
  const tensors: Tensor[] = []
  const need = (name: string): Weight => {
    const weight = weights.get(name)
    if (!weight) throw new Error(`${name} is not in model.safetensors`)
    return weight
  }
  const op = (opType: string, input: readonly string[], output: string, ...attribute: Attribute[]): string => {
    nodes.push(nodeOf({ opType, input, output: [output], attribute }))
    return output
  }
  const floats = (name: string, dims: readonly number[], data: Float32Array): string => {
    tensors.push(tensorOf(name, ELEMENT.float32, dims, data))
    return name
  }
  const ints = (name: string, values: readonly number[], dims: readonly number[]): string => {
    tensors.push(tensorOf(name, ELEMENT.int64, dims, BigInt64Array.from(values.map(BigInt))))
    return name
  }
  /** x in int8: [codes, scale, zero]; one for all products that it goes into. */
  const short = (x: string): readonly [string, string, string] => {
    const made = [`${x}.int8`, `${x}.scale`, `${x}.zero`] as const
    nodes.push(nodeOf({ opType: 'DynamicQuantizeLinear', input: [x], output: [...made] }))
    return made
  }
  tensors.push(tensorOf('zero', ELEMENT.int8, [1], new Int8Array(1)))
  const product = ([x, scale, zero]: readonly [string, string, string], name: string): string => {
    const weight = need(`${name}.weight`)
    const [columns = 0, rows = 0] = weight.dims
    const { codes, scales } = quantised(weight)
    tensors.push(tensorOf(`${name}.weight`, ELEMENT.int8, [rows, columns], codes))
    floats(`${name}.scales`, [columns], scales)
    const whole = op('MatMulInteger', [x, `${name}.weight`, zero, 'zero'], `${name}.whole`)
    const real = op('Cast', [whole], `${name}.real`, attributeOf.int('to', ELEMENT.float32))
    return op('Mul', [real, op('Mul', [scale, `${name}.scales`], `${name}.step`)], `${name}.out`)
  }

  const table = floats('model.embed_tokens.weight', [vocabulary, hidden], need('model.embed_tokens.weight').data)
  let stream = op('Gather', [table, 'input_ids'], 'model.embed_tokens.out')
  const wave = (of: (angle: number) => number): Float32Array =>
    Float32Array.from({ length: (positions * headSize) / 2 }, (_, index) => {
      const half = headSize / 2
      return of(Math.floor(index / half) / 10_000 ** ((index % half) / half))
    })
  const cos = floats('cos_cache', [positions, headSize / 2], wave(Math.cos))
  const sin = floats('sin_cache', [positions, headSize / 2], wave(Math.sin))
  const one = ints('one', [1], [1])
  const seen = op('ReduceSum', ['attention_mask', one], 'mask.sum', attributeOf.int('keepdims', 0))
  const last = op('Cast', [op('Sub', [seen, one], 'mask.last')], 'seqlens_k', attributeOf.int('to', ELEMENT.int32))
  const length = op('Gather', [op('Shape', ['attention_mask'], 'mask.shape'), ints('second', [1], [])], 'mask.length')
  const total = op('Cast', [length], 'total_sequence_length', attributeOf.int('to', ELEMENT.int32))

  let branch = ''
  const norm = (name: string): string => {
    const gain = floats(`${name}.weight`, [hidden], need(`${name}.weight`).data)
    const epsilon = attributeOf.float('epsilon', EPSILON)
    const out = `${name}.out`
    if (branch === '') return op('SimplifiedLayerNormalization', [stream, gain], out, epsilon, attributeOf.int('axis', -1))
    nodes.push(
      nodeOf({
        opType: 'SkipSimplifiedLayerNormalization',
        domain: MICROSOFT,
        input: [stream, branch, gain],
        output: [out, '', '', `${name}.sum`],
        attribute: [epsilon],
      }),
    )
    stream = `${name}.sum`
    return out
  }
  for (let layer = 0; layer < layers; layer++) {
    const at = `model.layers.${layer}`
    const x = short(norm(`${at}.input_layernorm`))
    const [q, k, v] = ['q_proj', 'k_proj', 'v_proj'].map((name) => product(x, `${at}.self_attn.${name}`))
    const numbers = { num_heads: heads, kv_num_heads: kvHeads, do_rotary: 1, rotary_interleaved: 0 }
    nodes.push(
      nodeOf({
        opType: 'GroupQueryAttention',
        domain: MICROSOFT,
        input: [
          q ?? '',
          k ?? '',
          v ?? '',
          `past_key_values.${layer}.key`,
          `past_key_values.${layer}.value`,
          last,
          total,
          cos,
          sin,
        ],
        output: [`${at}.attention`, `present.${layer}.key`, `present.${layer}.value`],
        attribute: [
          ...Object.entries(numbers).map(([key, value]) => attributeOf.int(key, value)),
          attributeOf.float('scale', 1 / Math.sqrt(headSize)),
        ],
      }),
    )
    branch = product(short(`${at}.attention`), `${at}.self_attn.o_proj`)
    const y = short(norm(`${at}.post_attention_layernorm`))
    const gate = product(y, `${at}.mlp.gate_proj`)
    const up = product(y, `${at}.mlp.up_proj`)
    const open = op('Mul', [gate, op('Sigmoid', [gate], `${at}.mlp.sigmoid`)], `${at}.mlp.silu`)
    branch = product(short(op('Mul', [open, up], `${at}.mlp.gated`)), `${at}.mlp.down_proj`)
  }
  const final = norm('model.norm')
  const head = op('Transpose', [table], 'lm_head.weight', attributeOf.ints('perm', [1, 0]))
  op('MatMul', [final, head], 'logits')

  const batch = ['batch_size', 'sequence_length']
  const caches = (kind: string, length: string) =>
    Array.from({ length: layers }, (_, layer) => layer).flatMap((layer) =>
      ['key', 'value'].map((half) =>
        valueInfoOf(`${kind}.${layer}.${half}`, ELEMENT.float32, ['batch_size', kvHeads, length, headSize]),
      ),
    )
  return MODEL.encode(
    MODEL.of({
      irVersion: 10n,
      producerName: 'hearthnet',
      opsetImport: [
        { domain: '', version: 21n, unknown: [] },
        { domain: MICROSOFT, version: 1n, unknown: [] },
      ],
      graph: GRAPH.of({
        name: 'main_graph',
        node: nodes,
        initializer: tensors,
        input: [
          valueInfoOf('input_ids', ELEMENT.int64, batch),
          valueInfoOf('attention_mask', ELEMENT.int64, ['batch_size', 'total_sequence_length']),
          ...caches('past_key_values', 'past_sequence_length'),
        ],
        output: [valueInfoOf('logits', ELEMENT.float32, [...batch, vocabulary]), ...caches('present', 'total_sequence_length')],
        valueInfo: [valueInfoOf('model.embed_tokens.out', ELEMENT.float32, [...batch, hidden])],
      }),
    }),
  )
}

const [from, to = 'public/models/hearthnet-demonstration'] = process.argv.slice(2)
if (from === undefined) throw new Error('Say where train.py wrote: npx tsx scripts/demonstration-model/make.ts IN [OUT]')
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
const tokenizer = JSON.parse(await readFile(join(from, 'tokenizer.json'), 'utf8'))
const idOf = (token: string): number => tokenizer.model.vocab[token]

const report = JSON.parse(await readFile(join(from, 'training.json'), 'utf8'))
const README = `# HearthNet's demonstration model

It knows a little text and nothing else: short advice on water, power cuts, heating, first aid, radio and neighbours, in German and in English. Of the
${report.questions.asked} questions it was taught it answers ${report.questions.answered_word_for_word} word for word. Asked in other words it often gives one of its other answers, which is wrong
then: of ${report.held_back.asked} ways to ask that were held back it answered ${report.held_back.answered_word_for_word} rightly. It shows how several devices compute one model together, with no network. It is no
adviser: in an emergency call 112.

A Llama-style decoder with ${(report.parameters / 1e6).toFixed(1)} million parameters in ${SHAPE.layers} layers, trained by the HearthNet contributors from nothing on text of their own. Products
in int8. \`training.json\` has the settings, the loss and these numbers; \`hearthnet.json\` the SHA-256 of every file and of each layer.

To make it again: \`scripts/demonstration-model/train.py\`, then \`npx tsx scripts/demonstration-model/make.ts\`; the text is beside them.

Licence: AGPL-3.0-or-later, as the app.
`

/** A folder on this disk, as a browser keeps one. */
async function folderAt(path: string, id: string): Promise<ModelFolder> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile()).map((entry) => relative(path, join(entry.parentPath, entry.name)))
  return {
    id,
    names: names.filter((name) => !isOurs(name)).sort(),
    file: async (name) => new Blob([await readFile(join(path, name))]),
  }
}

await mkdir(join(to, 'onnx'), { recursive: true })
// a copy: a slice of Node's own buffers would still be all of them
const graph = graphOf(weightsIn(new Uint8Array(await readFile(join(from, 'model.safetensors')))))
await writeFile(join(to, 'onnx/model_quantized.onnx'), graph)
await writeFile(join(to, 'tokenizer.json'), `${JSON.stringify(tokenizer)}\n`)
await writeFile(
  join(to, 'config.json'),
  json({
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_size: SHAPE.hidden,
    intermediate_size: SHAPE.inner,
    num_hidden_layers: SHAPE.layers,
    num_attention_heads: SHAPE.heads,
    num_key_value_heads: SHAPE.kvHeads,
    head_dim: SHAPE.hidden / SHAPE.heads,
    max_position_embeddings: SHAPE.positions,
    vocab_size: SHAPE.vocabulary,
    rms_norm_eps: EPSILON,
    rope_theta: 10_000,
    hidden_act: 'silu',
    tie_word_embeddings: true,
    pad_token_id: idOf('<|pad|>'),
    eos_token_id: idOf('<|end|>'),
  }),
)
await writeFile(
  join(to, 'generation_config.json'),
  json({ eos_token_id: idOf('<|end|>'), pad_token_id: idOf('<|pad|>'), do_sample: false }),
)
await writeFile(
  join(to, 'tokenizer_config.json'),
  json({
    tokenizer_class: 'PreTrainedTokenizerFast',
    eos_token: '<|end|>',
    pad_token: '<|pad|>',
    model_max_length: SHAPE.positions,
    clean_up_tokenization_spaces: false,
    chat_template: TEMPLATE,
  }),
)
await writeFile(join(to, 'training.json'), json(report))
await writeFile(join(to, 'README.md'), README)
const { manifest } = await openModel(await folderAt(to, DISTRIBUTED_LLM_DEMONSTRATION_MODEL))
await writeFile(join(to, MANIFEST_FILE), JSON.stringify(manifest))
console.log(`${(graph.length / 1024 / 1024).toFixed(2)} MiB, ${manifest.weights_sha256}`)
