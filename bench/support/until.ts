const PATIENCE_MS = 60_000

/**
 * Asks until the answer is yes; each look is a call to a page. Not Playwright's `waitForFunction`: it takes the promise
 * that an asynchronous function returns for a yes, and does not wait at all.
 * @throws Error after a minute of no
 */
export async function until(is: () => Promise<boolean>): Promise<void> {
  const last = Date.now() + PATIENCE_MS
  while (!(await is())) if (Date.now() > last) throw new Error('it never came to it')
}
