import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isModelName, nameFrom } from './model-name.ts'

it('suggests the name that a folder or an address ends in', () => {
  expect(nameFrom('https://models.example/onnx-community/Qwen3-0.6B-ONNX/resolve/main/')).toBe('Qwen3-0.6B-ONNX')
  expect(nameFrom('Mein Modell')).toBe('Mein-Modell')
  expect(nameFrom('')).toBe('')
})

it('suggests nothing that is no name, whatever it is given', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const name = nameFrom(text)
      expect(name === '' || isModelName(name)).toBe(true)
    }),
  )
})
