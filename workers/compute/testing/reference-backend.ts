import type { Backend, Numbers, Value } from '../engine/backend.ts'
import { ELEMENT, EXTERNAL, MODEL, type Node, type Tensor } from '../onnx/model.ts'
import { OPERATORS, type Plain, plain } from './reference-operators.ts'

interface PlainValue extends Value {
  readonly plain: Plain
}
const isPlain = (value: Value): value is PlainValue => 'plain' in value

/** Counts what is alive, so that a test can tell that nothing is left. */
export interface ReferenceBackend extends Backend {
  readonly alive: { values: number; programs: number }
  /** As when a graphics card goes away. */
  lose(): void
}

/** The CPU twin of the real backends: the same graphs, node by node, in plain TypeScript. */
export function createReferenceBackend(): ReferenceBackend {
  const alive = { values: 0, programs: 0 }
  let lose = (): void => undefined
  const lost = new Promise<void>((resolve) => {
    lose = resolve
  })
  const wrap = (tensor: Plain): PlainValue => {
    let here = true
    alive.values += 1
    return {
      plain: tensor,
      element: tensor.element,
      dims: tensor.dims,
      read: async () => (tensor.element === ELEMENT.float32 ? Float32Array.from(tensor.data) : bigs(tensor.data)),
      dispose: () => {
        alive.values -= here ? 1 : 0
        here = false
      },
    }
  }
  return {
    kind: 'reference',
    alive,
    lost,
    lose: () => lose(),
    value: (element, dims, data) => wrap(plain(element, dims, numbersOf(data))),
    async load(graph, weights) {
      const { graph: parsed } = MODEL.decode(graph)
      if (!parsed) throw new Error('no graph')
      const bytes = weights instanceof Blob ? new Uint8Array(await weights.arrayBuffer()) : weights
      const constants = new Map(parsed.initializer.map((tensor) => [tensor.name ?? '', plainOf(tensor, bytes)]))
      const outputs = parsed.output.map(({ name }) => name ?? '')
      alive.programs += 1
      return {
        async run(inputs) {
          const values = new Map<string, Plain>(constants)
          for (const [name, value] of inputs) if (isPlain(value)) values.set(name, value.plain)
          for (const node of parsed.node) evaluate(node, values, bytes)
          return new Map(outputs.map((name) => [name, wrap(values.get(name) ?? plain(ELEMENT.float32, [0], []))]))
        },
        async release() {
          alive.programs -= 1
        },
      }
    },
  }
}

function evaluate(node: Node, values: Map<string, Plain>, bytes: Uint8Array): void {
  const constant = node.attribute.find(({ name }) => name === 'value')?.t
  const operator = OPERATORS[node.opType ?? '']
  if (node.opType === 'Constant' && constant) {
    values.set(node.output[0] ?? '', plainOf(constant, bytes))
    return
  }
  if (!operator) throw new Error(`the reference backend knows no ${node.opType}`)
  const inputs = node.input.map((name) => {
    const value = values.get(name)
    if (name !== '' && !value) throw new Error(`${node.name} waits for ${name}`)
    return value ?? null
  })
  for (const [index, result] of operator(inputs, node).entries()) {
    const name = node.output[index]
    if (name) values.set(name, result)
  }
}

function plainOf(tensor: Tensor, weights: Uint8Array): Plain {
  const said = new Map(tensor.externalData.map(({ key, value }) => [key, Number(value)]))
  const at = said.get('offset') ?? 0
  const raw = tensor.dataLocation === EXTERNAL ? weights.subarray(at, at + (said.get('length') ?? 0)) : tensor.rawData
  if (!raw) throw new Error(`${tensor.name} has no bytes`)
  const { buffer } = raw.slice()
  const element = tensor.dataType ?? 0
  const dims = tensor.dims.map(Number)
  if (element === ELEMENT.int64) return plain(element, dims, Array.from(new BigInt64Array(buffer), Number))
  if (element === ELEMENT.int8) return plain(element, dims, new Int8Array(buffer))
  return plain(element, dims, element === ELEMENT.float32 ? new Float32Array(buffer) : new Uint8Array(buffer))
}

const numbersOf = (data: Numbers): ArrayLike<number> => (data instanceof BigInt64Array ? Array.from(data, Number) : data)
const bigs = (data: Float64Array): BigInt64Array => BigInt64Array.from(Array.from(data, (value) => BigInt(Math.round(value))))
