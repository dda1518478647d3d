import { describe, expect, it } from 'vitest'
import { isAppNavigation } from './navigation.ts'

describe('A navigation', () => {
  it.each([
    '/',
    '/community',
    '/evidence/claim/01J',
    '/?share_title=Wasser&share_text=siehe%20a.b',
    '/join?code=hntoken://v1/a.b.c',
  ])('to %s opens the app', (path) => {
    expect(isAppNavigation(path)).toBe(true)
  })

  it.each(['/box.json', '/models/demo.onnx', '/manifest.webmanifest?v=2', '/a.b/c.txt'])(
    'to %s goes to the network',
    (path) => {
      expect(isAppNavigation(path)).toBe(false)
    },
  )
})
