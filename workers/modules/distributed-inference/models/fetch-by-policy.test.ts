import { describe, expect, it } from 'vitest'
import { createSeededRuntime } from '../../../testing/seeded-runtime.ts'
import { fetchByPolicy } from './fetch-by-policy.ts'

describe('what a browser says of an address', () => {
  it.each([
    [true, 'unauthorized', /box does not let/],
    [false, undefined, /Failed to fetch/],
  ])('is told apart: forbidden %s', async (forbidden, code, message) => {
    const scope = new EventTarget()
    const runtime = createSeededRuntime(1)
    const ask = fetchByPolicy(scope, runtime, async () => {
      // a browser says that its policy was broken a task after the request has failed
      if (forbidden) runtime.after(0, () => scope.dispatchEvent(new Event('securitypolicyviolation')))
      throw new TypeError('Failed to fetch')
    })
    const asked = ask('https://models.example.org/')
    const refused = expect(asked).rejects.toMatchObject({ ...(code && { code }), message: expect.stringMatching(message) })
    await runtime.advance(1)
    await refused
  })

  it('is passed on where it answers', async () => {
    const ask = fetchByPolicy(new EventTarget(), createSeededRuntime(1), async () => new Response('here'))
    expect(await (await ask('/models/')).text()).toBe('here')
  })
})
