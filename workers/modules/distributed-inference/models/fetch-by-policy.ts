import { HearthError } from '#protocol/core/errors.ts'
import { delay, type Runtime } from '../../../kernel/runtime.ts'

type Scope = Pick<EventTarget, 'addEventListener' | 'removeEventListener'>

/**
 * Asks as the browser does, and tells whom this page's policy forbids to ask from who does not answer: only the box's operator can let
 * the app ask elsewhere.
 */
export function fetchByPolicy(scope: Scope, runtime: Runtime, ask: typeof fetch): typeof fetch {
  return async (...asked) => {
    let forbidden = false
    const hear = (): void => {
      forbidden = true
    }
    scope.addEventListener('securitypolicyviolation', hear)
    try {
      return await ask(...asked)
    } catch (error) {
      // the browser says so a task later
      await delay(runtime, 0)
      if (!forbidden) throw error
      throw new HearthError('unauthorized', 'the box does not let the app ask there', { cause: error })
    } finally {
      scope.removeEventListener('securitypolicyviolation', hear)
    }
  }
}
