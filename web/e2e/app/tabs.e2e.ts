import { expect } from '@playwright/test'
import { test } from '../support/fixtures.ts'
import { found, publishClaim, shortId, turnClaimsOn, visit } from '../support/steps.ts'

test.use({ withoutServiceWorker: true })

const FOLLOWS = 'In einem anderen Tab geöffnet: Dieser Tab zeigt mit.'
const isNode = (worker: { url(): string }): boolean => worker.url().includes('node.worker')

test('A second tab shows the same node and follows what the first one writes', async ({ box, device }) => {
  const { context, page: first } = await device('Ada')
  await found(first, box.url, 'Ada', 'Issum')
  await turnClaimsOn(first)
  const id = await shortId(first)

  const second = await context.newPage()
  await second.goto(box.url)
  await expect(second.getByText(FOLLOWS)).toBeVisible()
  expect(await shortId(second)).toBe(id)
  expect(first.workers().filter(isNode)).toHaveLength(1)
  expect(second.workers().filter(isNode)).toEqual([])

  await visit(second, '/claims')
  await publishClaim(first, { subject: 'Apotheke', predicate: 'ist geöffnet', object: 'bis 18 Uhr' })
  await expect(second.getByRole('link', { name: /Apotheke.*bis 18 Uhr/ })).toBeVisible()
  await publishClaim(second, { subject: 'Brunnen', predicate: 'hat', object: 'Trinkwasser' })
  await visit(first, '/claims')
  await expect(first.getByRole('link', { name: /Brunnen.*Trinkwasser/ })).toBeVisible()
})

test('When the tab with the node is closed, the other one goes on with it', async ({ box, device }) => {
  const { context, page: first } = await device('Ada')
  await found(first, box.url, 'Ada', 'Issum')
  await turnClaimsOn(first)
  const id = await shortId(first)
  const second = await context.newPage()
  await second.goto(box.url)
  await expect(second.getByText(FOLLOWS)).toBeVisible()

  await first.close()
  await expect(second.getByText(FOLLOWS)).toBeHidden()
  await expect.poll(() => second.workers().filter(isNode).length).toBe(1)
  expect(await shortId(second)).toBe(id)
  await publishClaim(second, { subject: 'Brunnen', predicate: 'hat', object: 'Trinkwasser' })
})

test('A tab that follows takes the node over, and the other one follows it then', async ({ box, device }) => {
  const { context, page: first } = await device('Ada')
  await found(first, box.url, 'Ada', 'Issum')
  await turnClaimsOn(first)
  const second = await context.newPage()
  await second.goto(new URL('/#/settings', box.url).href)

  await second.getByRole('button', { name: 'Hierher holen' }).click()
  await expect(second.getByText('HearthNet läuft in diesem Tab.')).toBeVisible()
  await expect(first.getByText(FOLLOWS)).toBeVisible()
  await expect(second.getByText(FOLLOWS)).toBeHidden()
  await expect.poll(() => first.workers().filter(isNode).length).toBe(0)
  expect(second.workers().filter(isNode)).toHaveLength(1)
  await publishClaim(first, { subject: 'Brunnen', predicate: 'hat', object: 'Trinkwasser' })
})
