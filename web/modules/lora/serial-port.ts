/** What came of asking the person for a stick. */
export type Asked = 'chosen' | 'nothing'

/** As much of Web Serial as a page needs. */
interface PortAsker {
  requestPort(): Promise<unknown>
}

const isAsker = (value: unknown): value is PortAsker =>
  typeof value === 'object' && value !== null && 'requestPort' in value && typeof value.requestPort === 'function'

/** Web Serial; where a browser has WebUSB alone (Android), what speaks to sticks over that, loaded when it is wanted. */
async function findAsker(): Promise<PortAsker | null> {
  if ('serial' in navigator && isAsker(navigator.serial)) return navigator.serial
  if (!('usb' in navigator)) return null
  const { serial } = await import('web-serial-polyfill')
  return isAsker(serial) ? serial : null
}

/** Whether this browser can speak to sticks at all. */
export const canAskForPort = (): boolean => 'serial' in navigator || 'usb' in navigator

/**
 * Lets the browser ask the person for a stick; needs a click. The port itself stays with the browser: the node's worker finds
 * it among those it may use, as it cannot be handed over.
 */
export async function askForPort(): Promise<Asked> {
  try {
    const asker = await findAsker()
    await asker?.requestPort()
    return asker ? 'chosen' : 'nothing'
  } catch {
    // the person closed the list, or nothing was in it
    return 'nothing'
  }
}
