import { expect, it } from 'vitest'
import { communityGet } from '#protocol/community/capabilities.ts'
import { CLOCK_SKEW_SECONDS } from '#protocol/core/clock.ts'
import { createVillage } from '../../testing/village.ts'

const joinedWith = async (behindSeconds: number): Promise<number> => {
  const village = createVillage(451, undefined, (name) => (name === 'Bert' ? -behindSeconds * 1000 : 0))
  const [anna] = await village.settle('Anna', 'Bert')
  const { community } = (await anna?.node.bus.call(communityGet, {})) ?? { community: null }
  return community?.members.length ?? 0
}

it('a tablet whose clock is minutes behind joins by an invite that was just made, and one an hour behind does not (TOK-2, COM-2)', async () => {
  expect(await joinedWith(CLOCK_SKEW_SECONDS - 30)).toBe(2)
  await expect(joinedWith(3600)).rejects.toMatchObject({ code: 'expired' })
})
