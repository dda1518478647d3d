import type { Browser, BrowserContext, Page } from 'playwright'
import type { Json } from '../../client/encoding.ts'
import type { Seat, Talk } from '../../harness/target.ts'
import { type PageSeat, SEAT, type SeatCall, seatInPage } from './seat.ts'

// How our own app is driven: by its screens, in German, and as one more tab of it. An implementer with
// another app writes a file like this one; nothing else of the suite knows a word of a screen.

const START_MS = 30_000
/** How long the person waits for an answer. */
const ANSWER_MS = 30_000
const COMMUNITY = 'Conformance'
const PERSON = 'Node under test'
/** Where the window rests: screens that show the community ask anew at every event, of which a run brings thousands. */
const RESTING = '/#/about'
/** Where a window finds the name of a fault, in a build that has faults (conformance/faults). */
const FAULT_KEY = 'hearthnet-conformance-fault'

export interface App {
  readonly seat: Seat
  readonly problems: string[]
  /** Names the device and founds a community, by the screens. */
  settle(): Promise<void>
  /** The tab dies as in a crash; storage stays. */
  crash(): Promise<void>
  reload(): Promise<void>
  close(): Promise<void>
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
    await context.addInitScript(
      ([key, name]) => {
        // an empty page, before the app's, has no storage
        if (location.origin !== 'null') localStorage.setItem(key, name)
      },
      [FAULT_KEY, fault] as const,
    )
  }
  let page: Page = await context.newPage()
  let seated = false

  async function load(path = '/'): Promise<void> {
    seated = false
    await page.goto(new URL(path, url).href)
  }

  /** One thing said or asked at the page's seat. */
  async function atSeat(asking: SeatCall): Promise<Json | null> {
    if (!seated) {
      await page.evaluate(seatInPage, SEAT)
      seated = true
    }
    const heard = await page.evaluate(
      // what `seatInPage` left there
      ([name, text]) => (Reflect.get(window, name) as PageSeat)(text),
      [SEAT, JSON.stringify(asking)] as const,
    )
    return JSON.parse(heard)
  }

  const calling = (capability: string, input: Json, version = '1.0') => {
    const call = ulid()
    const timestamp = new Date().toISOString()
    const message = { capability, version, request_id: call, community: null, timestamp, body: { params: {}, input } }
    return { call, message }
  }

  async function open(capability: string, input: Json): Promise<Talk> {
    const { call, message } = calling(capability, input)
    await atSeat({ say: 'open', call, message })
    return {
      say: async (said) => {
        await atSeat({ say: 'message', call, message: said })
      },
      hear: (waitMs) => atSeat({ say: 'hear', call, waitMs }),
      abort: () => void atSeat({ say: 'end', call }).catch(() => undefined), // a page that is gone has hung up
    }
  }

  async function ask(capability: string, input: Json, version?: string): Promise<Json> {
    const answer = await atSeat({ say: 'ask', ...calling(capability, input, version), waitMs: ANSWER_MS })
    if (answer === null) throw new Error(`${capability} is not answered`)
    return answer
  }

  await load()
  return {
    seat: { ask, open },
    problems,
    async settle() {
      page.setDefaultTimeout(START_MS)
      await page.getByLabel('Dein Name').fill(PERSON)
      await page.getByRole('button', { name: 'Los geht’s' }).click()
      await page.getByRole('button', { name: 'Später' }).click()
      await page.getByLabel('Name der Gemeinschaft').fill(COMMUNITY)
      await page.getByRole('button', { name: 'Gründen' }).click()
      await page.getByRole('navigation').first().waitFor()
      await page.goto(new URL(RESTING, url).href)
    },
    async crash() {
      await page.close({ runBeforeUnload: false })
      page = await context.newPage()
      await load(RESTING)
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
