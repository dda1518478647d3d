import { describe, expect, it } from 'vitest'
import { type SharedStore, takeShare } from './share.ts'

function memoryStore(): SharedStore {
  let kept: string | null = null
  return {
    async put(text) {
      kept = text
    },
    async take() {
      const text = kept
      kept = null
      return text
    },
  }
}

const formOf = (fields: Readonly<Record<string, string | File>>): FormData => {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  return form
}

describe('what another app shares', () => {
  it('goes along in the address where it is text', async () => {
    const store = memoryStore()
    const form = formOf({ share_title: 'Brunnen', share_text: 'siehe a.b', share_url: '' })
    expect(await takeShare(form, store)).toBe('/?share_title=Brunnen&share_text=siehe+a.b')
    expect(await takeShare(formOf({}), store)).toBe('/')
    expect(await store.take()).toBeNull()
  })

  it('is kept where it is a file, once, and cut where it is longer than any warning', async () => {
    const store = memoryStore()
    const file = new File(['<alert/>'], 'warnung.cap', { type: 'application/xml' })
    expect(await takeShare(formOf({ share_title: 'x', share_file: file }), store)).toBe('/?share_file=1')
    expect(await store.take()).toBe('<alert/>')
    expect(await store.take()).toBeNull()
    await takeShare(formOf({ share_file: new File([new Uint8Array(8 * 1024 * 1024)], 'gross.xml') }), store)
    expect((await store.take())?.length).toBeLessThan(3 * 1024 * 1024)
  })

  it('is an empty form where the file is empty', async () => {
    expect(await takeShare(formOf({ share_file: new File([], 'leer.xml') }), memoryStore())).toBe('/')
  })
})
