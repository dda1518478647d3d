import { toHex } from '#protocol/core/encoding.ts'
import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'

/** Numbers as the little-endian bytes of binary32. */
const singles = (...values: readonly number[]): string => toHex(new Uint8Array(Float32Array.from(values).buffer))
/** Little-endian 16-bit words. */
const halves = (...words: readonly number[]): string => toHex(new Uint8Array(Uint16Array.from(words).buffer))

const INF = Number.POSITIVE_INFINITY

function narrowing(dtype: 'fp16' | 'bf16', rows: readonly (readonly [string, number, number])[]): readonly Vector[] {
  return rows.map(([name, value, word]) =>
    good(
      `${dtype}: ${name}`,
      'To nearest, ties to even',
      { dtype, shape: [1], fp32_hex: singles(value) },
      { shape: [1], hex: halves(word) },
    ),
  )
}

const FP16 = [
  ['one', 1, 0x3c00],
  ['minus zero', -0, 0x8000],
  ['the largest', 65_504, 0x7bff],
  ['just below the middle to infinity', 65_519.996_093_75, 0x7bff],
  ['the middle to infinity', 65_520, 0x7c00],
  ['infinity', INF, 0x7c00],
  ['minus infinity', -INF, 0xfc00],
  ['not a number', Number.NaN, 0x7e00],
  ['the least normal', 2 ** -14, 0x0400],
  ['the largest subnormal', 1023 * 2 ** -24, 0x03ff],
  ['a subnormal that rounds to a normal', 1023.5 * 2 ** -24, 0x0400],
  ['the least subnormal', 2 ** -24, 0x0001],
  ['half of the least: to even, zero', 2 ** -25, 0x0000],
  ['a little more than half of the least', 2 ** -25 + 2 ** -40, 0x0001],
  ['one and a half of the least: to even, two', 3 * 2 ** -25, 0x0002],
  ['a tie to even, down', 1 + 2 ** -11, 0x3c00],
  ['a tie to even, up', 1 + 3 * 2 ** -11, 0x3c02],
  ['a tenth', 0.1, 0x2e66],
] as const
const BF16 = [
  ['one', 1, 0x3f80],
  ['minus zero', -0, 0x8000],
  ['a tie to even, down', 1.003_906_25, 0x3f80],
  ['a tie to even, up', 1.011_718_75, 0x3f82],
  ['the largest of fp32', 3.402_823_466_385_288_6e38, 0x7f80],
  ['infinity', INF, 0x7f80],
  ['not a number', Number.NaN, 0x7fc0],
  ['the least subnormal of fp32', 2 ** -149, 0x0000],
  ['the least subnormal of bf16', 2 ** -133, 0x0001],
  ['a tenth', 0.1, 0x3dcd],
] as const

export function packing(): VectorSource {
  return {
    name: 'pack',
    operation: 'tensor.pack',
    rule: 'TEN-4',
    about:
      'fp32 elements, little-endian, as another element type. A NaN may have any payload that keeps it one; these keep the quiet one.',
    vectors: [
      ...narrowing('fp16', FP16),
      ...narrowing('bf16', BF16),
      good(
        'fp32 as it is',
        'The same bytes',
        { dtype: 'fp32', shape: [2], fp32_hex: singles(1, -2) },
        { shape: [2], hex: singles(1, -2) },
      ),
      good(
        'int8: two rows, each with its scale',
        'Ties to even; the scale is the largest magnitude over 127, fp32, behind the elements',
        { dtype: 'int8', shape: [2, 4], fp32_hex: singles(127, 0.5, 1.5, -127, 2, 1, -2, 0) },
        { shape: [2, 8], hex: `7f000281${singles(1)}7f408100${singles(2 / 127)}` },
      ),
      good(
        'int8: a row of zeros',
        'Its scale is zero',
        { dtype: 'int8', shape: [1, 2], fp32_hex: singles(0, -0) },
        { shape: [1, 6], hex: `0000${singles(0)}` },
      ),
      good(
        'int8: a row with an infinity',
        'Its scale is NaN, so that whoever looks finds it',
        { dtype: 'int8', shape: [1, 2], fp32_hex: singles(1, INF) },
        { shape: [1, 6], hex: `0000${singles(Number.NaN)}` },
      ),
      bad(
        'a shape of another size',
        'the shape is not looked at',
        { dtype: 'fp16', shape: [3], fp32_hex: singles(1, 2) },
        'bad_request',
      ),
      bad('no dimension', 'a scalar has no shape', { dtype: 'fp16', shape: [], fp32_hex: singles(1) }, 'bad_request'),
    ],
  }
}

export function unpacking(): VectorSource {
  const of = (name: string, dtype: 'fp16' | 'bf16', word: number, value: number): Vector =>
    good(`${dtype}: ${name}`, 'Exactly', { dtype, shape: [1], hex: halves(word) }, { shape: [1], fp32_hex: singles(value) })
  return {
    name: 'unpack',
    operation: 'tensor.unpack',
    rule: 'TEN-4',
    about: 'Elements of any type as fp32, little-endian, in their own shape.',
    vectors: [
      of('one third, nearly', 'fp16', 0x3555, 0.333_251_953_125),
      of('the largest', 'fp16', 0x7bff, 65_504),
      of('the least subnormal', 'fp16', 0x0001, 2 ** -24),
      of('a subnormal', 'fp16', 0x8155, -341 * 2 ** -24),
      of('minus zero', 'fp16', 0x8000, -0),
      of('minus infinity', 'fp16', 0xfc00, -INF),
      of('pi, nearly', 'bf16', 0x4049, 3.140_625),
      of('a subnormal', 'bf16', 0x0001, 2 ** -133),
      of('infinity', 'bf16', 0x7f80, INF),
      good(
        'int8: two rows',
        'Element times scale',
        { dtype: 'int8', shape: [2, 6], hex: `7f81${singles(0.5)}01ff${singles(2)}` },
        { shape: [2, 2], fp32_hex: singles(63.5, -63.5, 2, -2) },
      ),
      bad(
        'int8 without room for a scale',
        'a scale is read before the row',
        { dtype: 'int8', shape: [1, 3], hex: '010203' },
        'bad_request',
      ),
      bad('half an element', 'the last byte is dropped', { dtype: 'fp16', shape: [1], hex: '003c00' }, 'bad_request'),
    ],
  }
}
