import { expect, it } from 'vitest'
import { layersTyped } from './typed-layers.ts'

it('takes layers as people count them, and nothing that is not a range of the model', () => {
  expect(layersTyped('1', ' 3 ', 6)).toEqual({ from: 0, to: 2 })
  expect(layersTyped('6', '6', 6)).toEqual({ from: 5, to: 5 })
  for (const [from, to] of [
    ['0', '3'],
    ['3', '2'],
    ['1', '7'],
    ['', '2'],
    ['1.5', '2'],
    ['eins', 'drei'],
  ] as const) {
    expect(layersTyped(from, to, 6), `${from} to ${to}`).toBeNull()
  }
})
