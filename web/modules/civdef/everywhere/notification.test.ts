import { describe, expect, it } from 'vitest'
import type { Notice } from '#protocol/civdef/notice-capabilities.ts'
import { endingNotification, notificationOf } from './notification.ts'
import { badgeCount, unread, urgent } from './unread.ts'

const base: Notice = {
  tag: 'civdef:a',
  revision: 'civdef:a:1',
  kind: 'new',
  key: 'mirror:DE/1 2',
  severity: 'emergency',
  drill: false,
  marks: [],
  from: 'Wehrleiter Issum',
  language: 'de-DE',
  title: 'Hochwasser',
  body: 'Das Wasser steigt.',
  variants: [{ language: 'en', title: 'Flood', body: 'The water rises.' }],
  silent: false,
  sound: true,
  vibration: true,
  full_screen: false,
  until: '2026-05-26T18:00:00.000Z',
  shown: false,
}
const german = (change: Partial<Notice>) => notificationOf({ ...base, ...change }, 'de')

describe('a notification', () => {
  it('says how bad, what and from whom, in the person’s language, and leads to the alert', () => {
    expect(german({}).title).toBe('Gefahr: Hochwasser')
    const { title, options } = notificationOf(base, 'en')
    expect(title).toBe('Emergency: Flood')
    expect(options).toMatchObject({ lang: 'en', tag: 'civdef:a', body: 'The water rises. (From: Wehrleiter Issum)' })
    expect(options.data.path).toBe('/alerts/read?key=mirror%3ADE%2F1+2')
  })

  it('of a drill begins with that word, in either language, and never stays by force (CIV-9)', () => {
    for (const kind of ['new', 'update', 'all_clear', 'cancelled', 'withdrawn'] as const) {
      expect(german({ drill: true, kind }).title).toMatch(/^ÜBUNG – /)
      expect(notificationOf({ ...base, drill: true, kind }, 'en').title).toMatch(/^DRILL – /)
    }
    expect(german({ drill: true, severity: 'extreme' }).options.requireInteraction).toBe(false)
  })

  it('of an official warning and of a foreign role says so first', () => {
    expect(german({ marks: ['mirror'] }).title).toBe('Amtliche Warnung, Abschrift: Hochwasser')
    expect(german({ marks: ['mirror'] }).options.body).toMatch(/^Abschrift einer amtlichen Warnung/)
    expect(german({ marks: ['foreign_role'] }).options.body).toMatch(/^Rolle hier unbekannt/)
  })

  it('shakes by severity, and never asks a browser for a pattern beside silence', () => {
    expect(german({}).options.vibrate?.length).toBeGreaterThan(german({ severity: 'info' }).options.vibrate?.length ?? 99)
    expect(german({ vibration: false }).options).not.toHaveProperty('vibrate')
    expect(german({ silent: true })).toMatchObject({ options: { silent: true, renotify: false } })
    expect(german({ silent: true }).options).not.toHaveProperty('vibrate')
    expect(german({ sound: false, vibration: false }).options.silent).toBe(true)
  })

  it('cannot hide or turn words around', () => {
    expect(german({ title: 'a\u202eb', from: '\u200b' }).title).toContain('⟨U+202E⟩')
  })

  it('of a certificate that ends is quiet and leads to the wallet (CIV-3)', () => {
    const ending = {
      tag: 'civdef:cert:a',
      revision: '1',
      cert_id: 'A' as never,
      title: 'Wehrleiter Issum',
      holder: 'ed25519:x' as never,
      holder_name: 'Ben',
      own: true,
      expires_at: '2026-06-01T00:00:00Z',
      expires_in_days: 5,
      shown: false,
    }
    const { title, options } = endingNotification(ending, 'de')
    expect(title).toBe('Dein Ausweis läuft ab')
    expect(options).toMatchObject({ silent: true, body: '„Wehrleiter Issum“ gilt noch 5 Tage.' })
    expect(endingNotification({ ...ending, expires_in_days: 0 }, 'en').options.body).toContain('today')
  })
})

describe('what was not read', () => {
  const drill: Notice = { ...base, revision: 'd', drill: true, severity: 'extreme', full_screen: true }
  const end: Notice = { ...base, revision: 'e', kind: 'all_clear', full_screen: true }
  const info: Notice = { ...base, revision: 'i', severity: 'info' }
  const extreme: Notice = { ...base, revision: 'x', severity: 'extreme', full_screen: true }

  it('has what is real and worst first', () => {
    const order = unread([drill, end, info, base, extreme], []).map(({ revision }) => revision)
    expect(order).toEqual(['x', base.revision, 'i', 'e', 'd'])
    expect(unread([info, extreme], ['x'])).toEqual([info])
  })

  it('takes the whole screen only when it is real and no end', () => {
    expect(urgent([drill, end, info, extreme])).toEqual([extreme])
  })

  it('is counted on the icon without drills and ends', () => {
    expect(badgeCount([drill, end, info, base, extreme], ['x'])).toBe(2)
  })
})
