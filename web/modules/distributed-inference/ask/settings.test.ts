import { describe, expect, it } from 'vitest'
import { FIRST_SETTINGS, isUsable, wishesOf } from './settings.ts'

describe('what is chosen for a question', () => {
  it('says nothing where nothing was chosen: then the likeliest word is taken (DLM-3)', () => {
    expect(wishesOf(FIRST_SETTINGS)).toEqual({})
  })

  it('reads numbers as people of either language type them, and keeps them within what the contract takes', () => {
    const typed = {
      ...FIRST_SETTINGS,
      temperature: 0.7,
      topP: '0,9',
      repetition: '99',
      seed: '-3',
      topK: '40.4',
      maxTokens: 'x',
    }
    expect(wishesOf(typed)).toEqual({
      sampling: { temperature: 0.7, top_p: 0.9, repetition_penalty: 10, seed: 0, top_k: 40 },
    })
    expect(wishesOf({ ...FIRST_SETTINGS, maxTokens: '20', stop: 'Ende' })).toEqual({ max_tokens: 20, stop: ['Ende'] })
  })

  it('tells what is typed and is no number from what is', () => {
    for (const text of ['', ' ', '7', '0,9', '0.9', '-3']) expect(isUsable(text), text).toBe(true)
    for (const text of ['x', '1,2,3', 'zwei']) expect(isUsable(text), text).toBe(false)
  })
})
