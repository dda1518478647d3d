import { expect, it } from 'vitest'
import type { ModelState } from '#protocol/distributed-inference/model-capabilities.ts'
import { answersAlone, needsOthers } from './who-would.tsx'

const model = (state: ModelState['state'], source: ModelState['source']): ModelState => ({
  ...{
    model: 'm',
    weights_sha256: null,
    bytes: 1,
    held_bytes: 1,
    layers: 6,
    held_layers: [],
    held_ends: false,
    problem: null,
    refused: null,
  },
  state,
  source,
})

it('asks for consent only where others would read along (DLM-5)', () => {
  const whole = model('ready', 'folder')
  const part = model('partial', 'peers')
  expect(needsOthers(whole, 'auto')).toBe(false)
  expect(needsOthers(whole, 'pipeline_first')).toBe(true)
  expect(needsOthers(part, 'auto')).toBe(true)
  expect(needsOthers(part, 'local'), 'the person said alone').toBe(false)
  expect(needsOthers(model('offered', 'app'), 'auto'), 'it comes first').toBe(false)
  expect(answersAlone(part)).toBe(false)
  expect(answersAlone(model('loading', 'url'))).toBe(false)
})
