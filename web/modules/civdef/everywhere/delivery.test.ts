import { describe, expect, it } from 'vitest'
import { type Notice, type NoticeId, noticeClaim, noticeList, noticeShown } from '#protocol/civdef/notice-capabilities.ts'
import { createFakeClient } from '../../../testing/fake-client.ts'
import { deliver, type Screen } from './delivery.ts'
import type { Notification } from './notification.ts'

const notice = (tag: string, change: Partial<Notice> = {}): Notice => ({
  tag: `civdef:${tag}`,
  revision: `civdef:${tag}:1`,
  kind: 'new',
  key: tag,
  severity: 'warning',
  drill: false,
  marks: [],
  from: 'Wehrleiter Issum',
  language: 'de-DE',
  title: 'Hochwasser',
  body: 'Das Wasser steigt.',
  variants: [],
  silent: false,
  sound: true,
  vibration: true,
  full_screen: false,
  until: '2026-05-26T18:00:00.000Z',
  shown: false,
  ...change,
})

/** A node that remembers what was shown, and a browser that shows it. */
function device(start: readonly Notice[], { permitted = true }: { readonly permitted?: boolean } = {}) {
  const client = createFakeClient()
  let notices = start
  const shown = new Set<string>()
  const claimed = new Set<string>()
  const idOf = ({ tag, revision }: NoticeId) => `${tag} ${revision}`
  client.answer(noticeList, () => ({
    notices: notices.map((one) => ({ ...one, shown: one.shown || shown.has(idOf(one)) })),
    ending: [],
  }))
  client.answer(noticeClaim, ({ notices: wanted }) => {
    const yours = wanted.filter((one) => !claimed.has(idOf(one)))
    for (const one of yours) claimed.add(idOf(one))
    return { yours }
  })
  client.answer(noticeShown, ({ notices: done }) => {
    for (const one of done) shown.add(idOf(one))
    return {}
  })
  const standing = new Map<string, Notification>()
  const heard: string[] = []
  const rung: string[] = []
  /** What another tab does while this one looks at what stands. */
  let elsewhere: (() => Promise<void>) | null = null
  const screen: Screen = {
    async show(notification) {
      if (!permitted) return false
      heard.push(notification.options.tag)
      standing.set(notification.options.tag, notification)
      return true
    },
    async standing() {
      const meanwhile = elsewhere
      elsewhere = null
      await meanwhile?.()
      return [...standing.keys()]
    },
    close: async (tag) => void standing.delete(tag),
    ring: ({ tag }) => void rung.push(tag),
  }
  return {
    heard,
    rung,
    standing,
    now: (next: readonly Notice[]) => {
      notices = next
    },
    meanwhile: (task: () => Promise<void>) => {
      elsewhere = task
    },
    wipe: (tag: string) => standing.delete(`civdef:${tag}`),
    deliver: () => deliver((capability, input) => client.call(capability, input), screen, 'de'),
  }
}

describe('an alert on its way to a person (CIV-8)', () => {
  it('notifies exactly once, however often and from however many tabs it is delivered', async () => {
    const { deliver: go, heard, rung } = device([notice('a')])
    await Promise.all([go(), go(), go()])
    await go()
    expect(heard).toEqual(['civdef:a'])
    expect(rung).toEqual(['civdef:a'])
  })

  it('is left alone by a tab that looked before it came, while another one showed it', async () => {
    const one = device([])
    one.meanwhile(async () => {
      one.now([notice('a')])
      await one.deliver()
    })
    await one.deliver()
    expect([...one.standing.keys()]).toEqual(['civdef:a'])
    expect(one.heard).toEqual(['civdef:a'])
  })

  it('stays wiped away when the person has wiped it away', async () => {
    const one = device([notice('a')])
    await one.deliver()
    one.wipe('a')
    await one.deliver()
    expect(one.standing.size).toBe(0)
  })

  it('is replaced by an update under the same tag', async () => {
    const one = device([notice('a')])
    await one.deliver()
    one.now([notice('a', { revision: 'civdef:a:2', kind: 'update', title: 'Hochwasser, höher' })])
    await one.deliver()
    expect(one.heard).toEqual(['civdef:a', 'civdef:a'])
    expect(one.standing.size).toBe(1)
    expect(one.standing.get('civdef:a')?.title).toContain('Hochwasser, höher')
  })

  it('ends in a quiet all-clear where it still stands, and says nothing where it was wiped away', async () => {
    const end = notice('a', { revision: 'civdef:a:end', kind: 'all_clear', silent: true, sound: false, vibration: false })
    const one = device([notice('a')])
    await one.deliver()
    one.now([end])
    await one.deliver()
    expect(one.standing.get('civdef:a')?.title).toBe('Entwarnung: Hochwasser')
    expect(one.standing.get('civdef:a')?.options).toMatchObject({ silent: true, renotify: false })
    expect(one.rung).toEqual(['civdef:a'])

    const other = device([notice('a')])
    await other.deliver()
    other.wipe('a')
    other.now([end])
    await other.deliver()
    expect(other.standing.size).toBe(0)
  })

  it('is told when its certificate was taken back, also to whoever has wiped it away (CIV-2)', async () => {
    const one = device([notice('a')])
    await one.deliver()
    one.wipe('a')
    one.now([notice('a', { revision: 'civdef:a:w', kind: 'withdrawn', silent: true })])
    await one.deliver()
    expect(one.standing.get('civdef:a')?.title).toContain('Nicht mehr glaubhaft')
  })

  it('leaves when the node says that it stands no more, and takes nobody else’s notification with it', async () => {
    const one = device([notice('a')])
    await one.deliver()
    one.standing.set('other', { title: '', options: { tag: 'other', data: { path: '/' } } })
    one.now([])
    await one.deliver()
    expect([...one.standing.keys()]).toEqual(['other'])
  })

  it('rings in the app where notifications are not allowed, and does not ring again when they are', async () => {
    const one = device([notice('a')], { permitted: false })
    await one.deliver()
    await one.deliver()
    expect(one.heard).toEqual([])
    expect(one.rung).toEqual(['civdef:a'])
  })

  it('leaves the ringing to the full screen where it has one, and is silent where it is', async () => {
    const one = device([notice('a', { full_screen: true }), notice('b', { silent: true })])
    await one.deliver()
    expect(one.heard).toHaveLength(2)
    expect(one.rung).toEqual([])
  })

  it('is shown with the thousand others, each once', async () => {
    const many = Array.from({ length: 200 }, (_, at) => notice(`n${at}`))
    const one = device(many)
    await one.deliver()
    expect(one.heard).toHaveLength(200)
    expect(new Set(one.heard).size).toBe(200)
  })
})
