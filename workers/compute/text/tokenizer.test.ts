import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FIXTURES } from '../testing/fixtures.ts'
import { createTextCodec } from './tokenizer.ts'

const json = (name: string, file: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures', name, file), 'utf8'))
const TEMPLATE =
  "{% for message in messages %}{{ bos_token + message.role + '\\n' + message.content + eos_token }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ bos_token + 'assistant\\n' }}{% endif %}"

describe.each(FIXTURES)('text and tokens: %s', (name) => {
  const files = { tokenizer: json(name, 'tokenizer.json'), config: json(name, 'tokenizer_config.json') }
  const codec = createTextCodec(files, [0])

  it.each(['Wasser abkochen, dann 3 Minuten warten.', 'Straße, Öl & Ärger: 5 €', '🔥 Feuer! 水', '  two  spaces\n\nlines'])(
    'come back as they were: %s',
    (text) => {
      expect(codec.decode(codec.encode(text))).toBe(text)
    },
  )

  it('say nothing for tokens that have no name, as in a padded vocabulary', () => {
    expect(codec.decode([...codec.encode('gut'), 998, 999])).toBe('gut')
    expect(codec.decode([998])).toBe('')
  })

  it('know where an answer ends: at what the configuration names', () => {
    expect(codec.ends).toEqual(new Set([0, 2]))
  })

  it('put a conversation as the publisher laid down, with marks as single tokens', () => {
    const chat = createTextCodec({ ...files, template: TEMPLATE }, [])
    const prompt = chat.prompt([{ role: 'user', content: 'Hallo' }])
    expect(prompt.filter((token) => token === 1)).toHaveLength(2)
    expect(prompt.filter((token) => token === 2)).toHaveLength(1)
    expect(chat.decode(prompt)).toBe('user\nHalloassistant\n')
  })

  it('without a template, the text is gone on with', () => {
    expect(codec.prompt([{ role: 'user', content: 'Hallo' }])).toEqual(codec.encode('Hallo'))
  })

  it('files that fit no tokenizer or template are refused in words', () => {
    expect(() => createTextCodec({ tokenizer: {}, config: {} }, [])).toThrow(/tokenizer/)
    expect(() => createTextCodec({ ...files, template: '{% for %}' }, [])).toThrow(/chat template/)
  })
})
