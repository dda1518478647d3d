import { expect, it } from 'vitest'
import { createSharedStore } from './share.ts'

it('keeps a shared file on the disk until it is taken, and only once', async () => {
  const name = `shared-${crypto.randomUUID()}`
  const store = createSharedStore(name)
  expect(await store.take()).toBeNull()
  await store.put('<alert/>')
  const again = createSharedStore(name)
  expect(await again.take()).toBe('<alert/>')
  expect(await store.take()).toBeNull()
})
