import { afterEach, describe, expect, it, vi } from 'vitest'
import { browserScreen } from './browser-screen.ts'
import type { Notification } from './notification.ts'

const BREATH_MS = 5
const breath = (): Promise<void> => new Promise((done) => setTimeout(done, BREATH_MS))

/** As Chromium does: what is being shown while somebody looks is forgotten. */
function forgetfulRegistration() {
  const standing = new Map<string, { readonly tag: string; close(): void }>()
  const coming = new Set<string>()
  return {
    active: {},
    async showNotification(_title: string, { tag }: { readonly tag: string }): Promise<void> {
      coming.add(tag)
      await breath()
      if (coming.delete(tag)) standing.set(tag, { tag, close: () => standing.delete(tag) })
    },
    async getNotifications({ tag }: { readonly tag?: string } = {}) {
      coming.clear()
      await breath()
      return [...standing.values()].filter((one) => tag === undefined || one.tag === tag)
    },
  }
}

const notification = (tag: string): Notification => ({ title: tag, options: { tag, data: { path: '/' } } })

afterEach(() => vi.restoreAllMocks())

describe('the notifications of this browser', () => {
  it('are not lost when another tab looks or closes while one is being shown (CIV-8)', async () => {
    const registration = forgetfulRegistration()
    vi.spyOn(navigator.serviceWorker, 'getRegistration').mockImplementation(
      // only what the screen uses of it
      async () => registration as unknown as ServiceWorkerRegistration,
    )
    vi.spyOn(Notification, 'permission', 'get').mockReturnValue('granted')
    const [one, other] = [browserScreen(() => false), browserScreen(() => false)]
    const shown = await Promise.all([
      one.show(notification('a')),
      other.standing(),
      one.show(notification('b')),
      other.close('c'),
    ])
    expect(shown[0]).toBe(true)
    expect(await one.standing()).toEqual(['a', 'b'])
    await other.close('a')
    expect(await one.standing()).toEqual(['b'])
  })
})
