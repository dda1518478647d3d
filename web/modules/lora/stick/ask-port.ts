/** What came of asking the person for a stick. */
export type Asked = 'chosen' | 'nothing'

/** As much of `navigator.serial` as a page needs. */
interface PortAsker {
  requestPort(): Promise<unknown>
}

const isAsker = (value: unknown): value is PortAsker =>
  typeof value === 'object' && value !== null && 'requestPort' in value && typeof value.requestPort === 'function'

const asker = (): PortAsker | null => ('serial' in navigator && isAsker(navigator.serial) ? navigator.serial : null)

/** Whether this browser can speak to sticks at all. */
export const canAskForPort = (): boolean => asker() !== null

/** Lets the browser ask the person for a stick; needs a click. The node finds the port among those it may use. */
export async function askForPort(): Promise<Asked> {
  try {
    await asker()?.requestPort()
    return 'chosen'
  } catch {
    return 'nothing' // the person closed the list, or nothing was in it
  }
}
