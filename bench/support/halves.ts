import type { Answer } from '../household/asking.ts'
import { type Device, type Household, partOf, questionOf } from './household.ts'
import type { RandomModel } from './random-model.ts'

/** Two devices with half of a model each, and one for each that could take over. */

export const PARTS = [partOf(0, 2), partOf(1, 2)]

export interface House {
  readonly household: Household
  readonly model: RandomModel
  /** Who computes, and who stands by, a device for each part. */
  readonly mains: readonly Device[]
  readonly spares: readonly Device[]
}

export const sharing = async ({ household, model }: House, devices: readonly Device[]): Promise<void> => {
  for (const [part, device] of devices.entries()) await household.share(device, model.id, PARTS[part] ?? partOf(0, 1))
}
export const withdrawing = async ({ household, model }: House, devices: readonly Device[]): Promise<void> => {
  for (const [part, device] of devices.entries()) await household.withdraw(device, model.id, PARTS[part] ?? partOf(0, 1))
}

/** @param through who computes which half */
export function ask({ household, model }: House, letters: number, tokens: number, through: readonly Device[]): Promise<Answer> {
  return household.asks.page.evaluate((asked) => globalThis.house.ask(asked), {
    ...{ model: model.id, text: questionOf(letters), tokens },
    by: { through: through.map(({ nodeId }) => nodeId) },
  })
}

/** Milliseconds between words. */
export const gapsOf = ({ heardAt }: Answer): readonly number[] =>
  heardAt.slice(1).map((at, index) => at - (heardAt[index] ?? at))

/** Ends the process of a device's page, without a goodbye. */
export async function crash({ page, context }: Device): Promise<void> {
  const session = await context.newCDPSession(page)
  const crashed = page.waitForEvent('crash')
  // it never answers
  void session.send('Page.crash').catch(() => undefined)
  await crashed
}

/** Brings the device of a part back, and has everybody offer what they offered. */
export async function gatherAgain(house: House, part: number): Promise<void> {
  const main = house.mains[part]
  if (main) await house.household.comeBack(main)
  await sharing(house, house.mains)
  await sharing(house, house.spares)
}
