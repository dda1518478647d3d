import { randomFrom } from '../../../testing/random.ts'
import { halvesOf } from '../../onnx/half.ts'
import { type Attribute, attributeOf, ELEMENT, MICROSOFT, type Node, nodeOf, type Tensor, tensorOf } from '../../onnx/model.ts'

export type Sheet = ReturnType<typeof createSheet>

/** Collects a graph's nodes and weights. @param element ONNX element type in which the model computes */
export function createSheet(seed: number, element: number) {
  const random = randomFrom(seed)
  const nodes: Node[] = []
  const weights: Tensor[] = []
  const op = (opType: string, input: readonly string[], output: string, ...attribute: Attribute[]): string => {
    nodes.push(nodeOf({ opType, input, output: [output], attribute }))
    return output
  }
  const fused = (opType: string, input: readonly string[], output: readonly string[], ...attribute: Attribute[]): void => {
    nodes.push(nodeOf({ opType, input, output, attribute, domain: MICROSOFT }))
  }
  const put = (tensor: Tensor): string => {
    const { name = '' } = tensor
    if (!weights.some((other) => other.name === name)) weights.push(tensor)
    return name
  }
  const weight = (name: string, dims: readonly number[], data: ArrayBufferView, type: number): string =>
    put(tensorOf(name, type, dims, data))
  const ints = (name: string, values: readonly number[], dims: readonly number[] = [values.length]): string =>
    weight(name, dims, BigInt64Array.from(values.map(BigInt)), ELEMENT.int64)
  /** In the model's own precision where no other is said. */
  const realTensor = (name: string, dims: readonly number[], values: Float32Array, type = element): Tensor =>
    tensorOf(name, type, dims, type === ELEMENT.float16 ? halvesOf(values) : values)
  const real = (name: string, dims: readonly number[], values: Float32Array, type = element): string =>
    put(realTensor(name, dims, values, type))
  const scalar = (name: string, value: number, type = element): string => real(name, [], Float32Array.of(value), type)
  /** Nearly normal: the sum of four even ones. */
  const noise = (length: number, spread: number): Float32Array => {
    // a loop: models of the measurements have fifty million of them
    const values = new Float32Array(length)
    for (let at = 0; at < length; at++) values[at] = (random() + random() + random() + random() - 2) * 1.732 * spread
    return values
  }
  const cast = (x: string, to: number, output: string): string => op('Cast', [x], output, attributeOf.int('to', to))
  const half = element === ELEMENT.float16
  return { element, half, nodes, weights, op, fused, weight, ints, real, realTensor, scalar, noise, random, cast }
}
