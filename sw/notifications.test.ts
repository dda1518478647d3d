import { describe, expect, it } from 'vitest'
import { type AppWindow, openPath, pathOf } from './notifications.ts'

const PATH = '/alerts/read?key=01KSXB3Q000000000000000000'

function windowsOf(windows: readonly { readonly focused: boolean; readonly refuses?: boolean }[]) {
  const did: string[] = []
  const all: AppWindow[] = windows.map(({ focused, refuses = false }, at) => ({
    focused,
    focus: async () => void did.push(`focus ${at}`),
    navigate: async (url) => {
      if (refuses) throw new TypeError('not controlled')
      did.push(`navigate ${at} ${url}`)
    },
  }))
  return { did, windows: { all: async () => all, open: async (url: string) => void did.push(`open ${url}`) } }
}

describe('a notification', () => {
  it('leads to a path of the app and to nothing else', () => {
    expect(pathOf({ path: PATH })).toBe(PATH)
    for (const data of [null, undefined, 'x', {}, { path: 1 }, { path: 'https://elsewhere.example/' }, { path: '/a b' }]) {
      expect(pathOf(data)).toBeNull()
    }
  })

  it('opens in the window that is looked at, else in any, else in a new one', async () => {
    const two = windowsOf([{ focused: false }, { focused: true }])
    await openPath(two.windows, PATH)
    expect(two.did).toEqual(['focus 1', `navigate 1 /#${PATH}`])
    const one = windowsOf([{ focused: false }])
    await openPath(one.windows, PATH)
    expect(one.did).toEqual(['focus 0', `navigate 0 /#${PATH}`])
    const none = windowsOf([])
    await openPath(none.windows, PATH)
    expect(none.did).toEqual([`open /#${PATH}`])
  })

  it('opens in a new window where the one that is there cannot be led', async () => {
    const { did, windows } = windowsOf([{ focused: true, refuses: true }])
    await openPath(windows, PATH)
    expect(did).toEqual(['focus 0', `open /#${PATH}`])
  })
})
