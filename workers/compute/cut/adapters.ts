import { ELEMENT, intOf, isOp, MICROSOFT, type Node, nodeOf, type ValueInfo, valueInfoOf } from '../onnx/model.ts'
import type { Rewrite } from './rewrite.ts'

/** A product y = W x that an adapter can be laid beside. */
interface Target {
  /** As it is called in the published graph. */
  readonly name: string
  readonly rows: number
  readonly columns: number
  readonly x: string
  readonly y: string
}

/** Names of an adapter's two matrices as inputs of a shard: A is [rows, rank], B [rank, columns], with the scale in B. */
export const adapterInputs = (target: string): { readonly a: string; readonly b: string } => ({
  a: `lora.${target}.A`,
  b: `lora.${target}.B`,
})

/** Lays a branch x A B beside each product that `wanted` names: y = W x + x A B, with A and B as inputs. */
export const withAdapters =
  (wanted: (target: string) => boolean): Rewrite =>
  (draft) => {
    const shapes = new Map(draft.weights.map(({ tensor }) => [tensor.name ?? '', tensor.dims.map(Number)]))
    const targets = targetsOf(draft.nodes, shapes).filter(({ name }) => wanted(name))
    const ending = new Map(targets.map((target) => [target.y, target]))
    const inputs = targets.flatMap(({ name, rows, columns }): ValueInfo[] => {
      const { a, b } = adapterInputs(name)
      return [valueInfoOf(a, ELEMENT.float32, [rows, 'lora_rank']), valueInfoOf(b, ELEMENT.float32, ['lora_rank', columns])]
    })
    const nodes = draft.nodes.flatMap((node) => {
      const target = ending.get(node.output[0] ?? '')
      if (!target) return [node]
      const { name, x, y } = target
      const { a, b } = adapterInputs(name)
      return [
        { ...node, name: `${y}.base`, output: [`${y}.base`] },
        nodeOf({ opType: 'MatMul', input: [x, a], output: [`${y}.lora_a`] }),
        nodeOf({ opType: 'MatMul', input: [`${y}.lora_a`, b], output: [`${y}.lora_b`] }),
        { ...nodeOf({ opType: 'Add', input: [`${y}.base`, `${y}.lora_b`], output: [y] }), name: `${y}.lora` },
      ]
    })
    return { ...draft, nodes, inputs: [...draft.inputs, ...inputs] }
  }

type Shapes = ReadonlyMap<string, readonly number[]>

function targetsOf(nodes: readonly Node[], shapes: Shapes): readonly Target[] {
  const makers = new Map(nodes.flatMap((node) => node.output.map((value) => [value, node] as const)))
  const users = new Map(nodes.flatMap((node) => node.input.map((value) => [value, node] as const)))
  return nodes.flatMap((node) => targetOf(node, shapes, makers, users) ?? [])
}

type ByValue = ReadonlyMap<string, Node>

function targetOf(node: Node, shapes: Shapes, makers: ByValue, users: ByValue): Target | null {
  const [x = '', weight = ''] = node.input
  const [y = ''] = node.output
  const { name = '' } = node
  const [rows, columns] = isOp(node, 'MatMulNBits', MICROSOFT)
    ? [intOf(node, 'K'), intOf(node, 'N')]
    : (shapes.get(weight) ?? [])
  if (rows === undefined || columns === undefined) return null
  if (isOp(node, 'MatMulNBits', MICROSOFT) || isOp(node, 'MatMul')) return { name, rows, columns, x, y }
  return isOp(node, 'MatMulInteger') ? inIntegers({ name, rows, columns, x, y }, makers, users) : null
}

/** Dynamic int8: x is quantised before the product, and y what comes out of it, once it is scaled again. */
function inIntegers(target: Target, makers: ByValue, users: ByValue): Target | null {
  const quantise = makers.get(target.x)
  const real = users.get(target.y)
  const scaled = real && users.get(real.output[0] ?? '')
  if (!quantise || !isOp(quantise, 'DynamicQuantizeLinear') || !real || !isOp(real, 'Cast')) return null
  if (!scaled || !isOp(scaled, 'Mul')) return null
  return { ...target, x: quantise.input[0] ?? '', y: scaled.output[0] ?? '' }
}
