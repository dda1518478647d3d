/** A path of the app, as notifications carry it: after the `#`, so that it never leaves the app. */
const PATH = /^\/[^\s]{0,1000}$/

/** The path that a notification leads to; null for one that carries none. */
export function pathOf(data: unknown): string | null {
  if (typeof data !== 'object' || data === null || !('path' in data)) return null
  return typeof data.path === 'string' && PATH.test(data.path) ? data.path : null
}

/** A window of the app, as far as a click needs it. */
export interface AppWindow {
  readonly focused: boolean
  focus(): Promise<unknown>
  navigate(url: string): Promise<unknown>
}

/** What a click needs of the service worker. */
export interface AppWindows {
  all(): Promise<readonly AppWindow[]>
  open(url: string): Promise<unknown>
}

/** Brings the app to the front and leads it to the path: in the window that is there, else in a new one. */
export async function openPath(windows: AppWindows, path: string): Promise<void> {
  const url = `/#${path}`
  const all = await windows.all()
  const one = all.find(({ focused }) => focused) ?? all[0]
  if (!one) return void (await windows.open(url))
  // a browser may keep its windows where they are; the way is shown all the same
  await one.focus().catch(() => undefined)
  try {
    await one.navigate(url)
  } catch {
    await windows.open(url) // a window that another build's worker serves cannot be led by this one
  }
}
