import type { Browser, BrowserContext, Page } from 'playwright'
import type { Json } from '../../client/encoding.ts'
import type { Seat } from '../../harness/target.ts'

// How our own app is driven: by its screens, in German, and as one more tab of it. An implementer with
// another app writes a file like this one; nothing else of the suite knows a word of a screen.

const START_MS = 30_000
const COMMUNITY = 'Conformance'
const PERSON = 'Node under test'
/** Where a window finds the name of a fault, in a build that has faults (conformance/faults). */
const FAULT_KEY = 'hearthnet-conformance-fault'

export interface App {
  readonly seat: Seat
  readonly problems: string[]
  /** Names the device and founds a community, by the screens. */
  settle(): Promise<void>
  /** Link of a new invite for a hundred people, by the screens. */
  inviteLink(): Promise<string>
  /** The tab dies as in a crash; storage stays. */
  crash(): Promise<void>
  reload(): Promise<void>
  close(): Promise<void>
}

interface Asking {
  readonly call: string
  readonly message: Json
}

/** Runs in the page, as a further tab of the app: calls go over a channel that the node answers on. */
function seatInPage(): void {
  const ports = new BroadcastChannel('hearthnet-ports')
  const channel = `hearthnet-ports-conformance-${crypto.randomUUID()}`
  const port = new BroadcastChannel(channel)
  const waiting = new Map<string, (answer: unknown) => void>()
  port.onmessage = ({ data }) => {
    if (data.kind === 'message') {
      waiting.get(data.call)?.(data.message)
      waiting.delete(data.call)
      port.postMessage({ kind: 'end', call: data.call })
    }
  }
  const attached = new Promise<void>((resolve) => {
    ports.onmessage = ({ data }) => {
      if (data.kind === 'attached' && data.channel === channel) resolve()
      if (data.kind === 'node-started') ports.postMessage({ kind: 'attach', channel })
    }
    // the node takes a tab for alive while it holds the lock of its channel's name
    void navigator.locks.request(channel, () => {
      ports.postMessage({ kind: 'attach', channel })
      return new Promise(() => undefined)
    })
  })
  const seat = async (asking: string): Promise<string> => {
    const { call, message }: Asking = JSON.parse(asking)
    await attached
    return new Promise((resolve) => {
      waiting.set(call, (answer) => resolve(JSON.stringify(answer)))
      port.postMessage({ kind: 'open', call, message })
    })
  }
  Reflect.set(window, 'conformanceSeat', seat)
}

export async function openApp(
  browser: Browser,
  url: string,
  options: { readonly fault: string | null; readonly ulid: () => string },
): Promise<App> {
  const context: BrowserContext = await browser.newContext({ locale: 'de-DE' })
  const problems: string[] = []
  context.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`)
  })
  context.on('weberror', (error) => problems.push(`uncaught: ${error.error().message}`))
  const { fault, ulid } = options
  if (fault !== null) {
    await context.addInitScript(([key, name]) => localStorage.setItem(key ?? '', name ?? ''), [FAULT_KEY, fault])
  }
  let page: Page = await context.newPage()
  let seated = false

  async function load(): Promise<void> {
    seated = false
    await page.goto(url)
  }

  async function ask(capability: string, input: Json, version = '1.0'): Promise<Json> {
    if (!seated) {
      await page.evaluate(seatInPage)
      seated = true
    }
    const call = ulid()
    const timestamp = new Date().toISOString()
    const message = { capability, version, request_id: call, community: null, timestamp, body: { params: {}, input } }
    const answer = await page.evaluate(
      // the function that `seatInPage` left there
      (asking) => (Reflect.get(window, 'conformanceSeat') as (asking: string) => Promise<string>)(asking),
      JSON.stringify({ call, message }),
    )
    return JSON.parse(answer)
  }

  await load()
  return {
    seat: { ask },
    problems,
    async settle() {
      page.setDefaultTimeout(START_MS)
      await page.getByLabel('Dein Name').fill(PERSON)
      await page.getByRole('button', { name: 'Los geht’s' }).click()
      await page.getByRole('button', { name: 'Später' }).click()
      await page.getByLabel('Name der Gemeinschaft').fill(COMMUNITY)
      await page.getByRole('button', { name: 'Gründen' }).click()
      await page.getByRole('navigation').first().waitFor()
    },
    async inviteLink() {
      await page.goto(new URL('/#/community', page.url()).href)
      await page.getByRole('main').getByRole('link', { name: 'Einladen' }).click()
      await page.getByRole('button', { name: 'Einladung erstellen' }).click()
      return (await page.getByRole('status', { name: 'Einladungslink' }).textContent()) ?? ''
    },
    async crash() {
      await page.close({ runBeforeUnload: false })
      page = await context.newPage()
      await load()
    },
    async reload() {
      seated = false
      await page.reload()
    },
    async close() {
      await context.close()
    },
  }
}
