import { attributeOf, ELEMENT, nodeOf } from '../../onnx/model.ts'
import type { Synthetic } from './shape.ts'
import type { Sheet } from './sheet.ts'

const BLOCK = 32

/** A product with a weight of its own, in the precision of the model. */
export function product(
  sheet: Sheet,
  { weights }: Synthetic,
  x: string,
  name: string,
  rows: number,
  columns: number,
  output = `${name}.out`,
): string {
  if (weights === 'int4' || weights === 'int4f16') {
    const perColumn = rows / BLOCK
    const codes = Uint8Array.from({ length: (columns * rows) / 2 }, () => sheet.random() * 256)
    const scales = Float32Array.from(
      { length: columns * perColumn },
      () => (0.8 + 0.4 * sheet.random()) / (4.6 * Math.sqrt(rows)),
    )
    sheet.weight(`${name}.codes`, [columns, perColumn, BLOCK / 2], codes, ELEMENT.uint8)
    sheet.real(`${name}.scales`, [columns * perColumn], scales)
    const sizes = { K: rows, N: columns, bits: 4, block_size: BLOCK, accuracy_level: 4 }
    const attributes = Object.entries(sizes).map(([key, value]) => attributeOf.int(key, value))
    sheet.fused('MatMulNBits', [x, `${name}.codes`, `${name}.scales`], [output], ...attributes)
    return output
  }
  if (weights === 'int8' || weights === 'uint8') {
    const [middle, element, bytes] = weights === 'int8' ? [0, ELEMENT.int8, Int8Array] : [128, ELEMENT.uint8, Uint8Array]
    const codes = new bytes(rows * columns)
    for (let at = 0; at < codes.length; at++) codes[at] = middle + (sheet.random() - 0.5) * 254
    sheet.weight(`${name}.codes`, [rows, columns], codes, element)
    sheet.weight(`${name}.zero`, [1], bytes.of(middle), element)
    const scale = sheet.real(`${name}.scale`, [1], Float32Array.of(1 / (73 * Math.sqrt(rows))))
    const [y, yScale, yZero] = [`${name}.x`, `${name}.x_scale`, `${name}.x_zero`]
    sheet.nodes.push(nodeOf({ opType: 'DynamicQuantizeLinear', input: [x], output: [y, yScale, yZero] }))
    const whole = sheet.op('MatMulInteger', [y, `${name}.codes`, yZero, `${name}.zero`], `${name}.whole`)
    const scales = sheet.op('Mul', [yScale, scale], `${name}.scales`)
    return sheet.op('Mul', [sheet.cast(whole, ELEMENT.float32, `${name}.real`), scales], output)
  }
  sheet.real(name, [rows, columns], sheet.noise(rows * columns, 1 / Math.sqrt(rows)))
  return sheet.op('MatMul', [x, name], output)
}

/** A product and, where the family has one, its bias. */
export function projection(sheet: Sheet, shape: Synthetic, x: string, name: string, rows: number, columns: number): string {
  const plain = product(sheet, shape, x, name, rows, columns)
  if (!shape.biased) return plain
  return sheet.op('Add', [plain, sheet.real(`${name}.bias`, [columns], sheet.noise(columns, 0.1))], `${name}.biased`)
}

/** A norm's weight: around one. */
export const gain = (sheet: Sheet, name: string, width: number, element = sheet.element): string =>
  sheet.real(
    name,
    [width],
    sheet.noise(width, 0.1).map((value) => value + 1),
    element,
  )

export function head(sheet: Sheet, shape: Synthetic, x: string): void {
  if (!shape.tied) product(sheet, shape, x, 'head', shape.hidden, shape.vocabulary, 'logits')
  else sheet.op('MatMul', [x, sheet.op('Transpose', ['embedding'], 'head.table', attributeOf.ints('perm', [1, 0]))], 'logits')
}
