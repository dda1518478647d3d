import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

const WCAG_2_2_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** The first colours with every rule, the other ones with those that look at colours: half the time, and nothing lost. */
const COLOURS = [
  { colorScheme: 'light', only: null },
  { colorScheme: 'dark', only: ['color-contrast', 'link-in-text-block'] },
] as const

/** What a machine can find in both colours, and whether the page has to be scrolled sideways; the page ends in light colours. */
export async function barriersOf(page: Page): Promise<string[]> {
  const found: string[] = []
  const width = page.viewportSize()?.width
  for (const { colorScheme, only } of COLOURS) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme)
    const builder = new AxeBuilder({ page }).setLegacyMode(true)
    const { violations } = await (only ? builder.withRules([...only]) : builder.withTags(WCAG_2_2_AA)).analyze()
    for (const { id, impact, nodes } of violations) {
      const where = nodes.map(({ html }) => html.slice(0, 160)).join(' | ')
      found.push(`${width} px, ${colorScheme}: ${id} (${impact}) at ${where}`)
    }
  }
  await page.emulateMedia({ colorScheme: COLOURS[0].colorScheme })
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  if (wide > 0) found.push(`${wide} px too wide at ${width} px`)
  return found
}
