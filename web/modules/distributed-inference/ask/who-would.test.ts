import { expect, it } from 'vitest'
import type { ModelState } from '#protocol/distributed-inference/model-capabilities.ts'
import { answersAlone, needsOthers, wordsAlone } from './who-would.tsx'

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

it('says what it means for this very model that nobody else could help', () => {
  const here = model('ready', 'folder')
  const part = model('partial', 'peers')
  const offered = model('offered', 'app')
  expect(wordsAlone(here, { online: true, others: true })).toBeNull()
  expect(wordsAlone(part, { online: true, others: null }), 'not known yet').toBeNull()
  expect(wordsAlone(here, { online: true, others: false })).toBe('nobody')
  expect(wordsAlone(part, { online: true, others: false }), 'it cannot answer with what is here').toBe('nobodyApart')
  expect(wordsAlone(here, { online: false, others: false })).toBe('offline')
  expect(wordsAlone(part, { online: false, others: false })).toBe('offlineApart')
  expect(wordsAlone(offered, { online: false, others: false }), 'nothing is here yet').toBe('cannotCome')
})
