import { expect, type Page } from '@playwright/test'
import type { Input } from '#protocol/core/capability.ts'
import { eventsStats } from '#protocol/events/capabilities.ts'
import { claimAssert, claimQuery } from '#protocol/evidence/capabilities.ts'
import { busOf } from '../support/bus.ts'
import { type Device, test } from '../support/fixtures.ts'
import { found, invite, joinBy, knock, seesDirectly, turnClaimsOn, visit } from '../support/steps.ts'

test.use({ withoutServiceWorker: true })

const saying = (subject: string): Input<typeof claimAssert> => ({
  subject,
  predicate: 'ist',
  object: 'da',
  sources: [],
  confidence: 1,
  derived_from: [],
})
const sayings = (topic: string, count: number) => Array.from({ length: count }, (_, n) => saying(`${topic} ${n + 1}`))

const claimsAt = async (page: Page): Promise<number> => (await busOf(page).call(claimQuery, { limit: 1 })).total
const storedAt = async (page: Page): Promise<number> => (await busOf(page).call(eventsStats, {})).stored

/** In the place where the device lives: an invite may name the box by another address than the one that was typed in first. */
async function openAgain({ context, page: closed }: Device): Promise<Page> {
  const page = await context.newPage()
  await page.goto(new URL('/', closed.url()).href)
  return page
}

test('Carla was away while the others wrote thirty claims; back again she has them all (SYN-2)', async ({ box, device }) => {
  const [{ page: anna }, { page: bert }, carlas] = [await device('Anna'), await device('Bert'), await device('Carla')]
  await found(anna, box.url, 'Anna', 'Issum')
  await joinBy(bert, await invite(anna), 'Bert')
  await joinBy(carlas.page, await invite(anna), 'Carla')
  await Promise.all([anna, bert, carlas.page].map(turnClaimsOn))
  await seesDirectly(bert, 'Anna')

  await carlas.page.close()
  await busOf(anna).callEach(claimAssert, sayings('Brunnen', 15))
  await busOf(bert).callEach(claimAssert, sayings('Garage', 15))

  const carla = await openAgain(carlas)
  await visit(carla, '/claims')
  await expect(carla.getByText('1 bis 25 von 30')).toBeVisible({ timeout: 60_000 })
  expect(await claimsAt(anna)).toBe(30)
  await expect.poll(() => claimsAt(bert)).toBe(30)
})

test('A tab closed in the middle of a sync has everything once it is opened again (SYN-3)', async ({ box, device }) => {
  const SAID = 1500
  const [{ page: anna }, berts] = [await device('Anna'), await device('Bert')]
  await found(anna, box.url, 'Anna', 'Issum')
  await turnClaimsOn(anna)
  await visit(anna, '/settings') // a list that shows each of them would take longer than the sync
  await busOf(anna).callEach(claimAssert, sayings('Haus', SAID))
  const all = await storedAt(anna)
  expect(all).toBeGreaterThan(SAID)

  await knock(berts.page, await invite(anna), 'Bert')
  let half = 0
  const look = async (): Promise<number> => {
    half = await storedAt(berts.page)
    return half
  }
  await expect.poll(look, { intervals: [1], timeout: 60_000 }).toBeGreaterThan(0)
  await berts.page.close()
  expect(half, 'The sync was still going on').toBeLessThan(all)

  const bert = await openAgain(berts)
  await expect.poll(() => storedAt(bert), { timeout: 60_000 }).toBe(await storedAt(anna))
  await turnClaimsOn(bert)
  await expect(bert.getByText('1 bis 25 von 1.500')).toBeVisible()
})
