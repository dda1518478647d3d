import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CONTRAST_PAIRS, PALETTES } from './tokens.ts'

const channel = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)

/** WCAG relative luminance of `#rrggbb`. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => channel(Number.parseInt(hex.slice(at, at + 2), 16) / 255))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

describe('the palette', () => {
  it('knows that black on white has the highest contrast there is', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
  })

  for (const scheme of ['light', 'dark'] as const) {
    it.each(CONTRAST_PAIRS)(`is readable in the ${scheme} theme: %s on %s has at least %s to 1`, (front, back, least) => {
      const palette = PALETTES[scheme]
      expect(contrast(palette[front], palette[back])).toBeGreaterThanOrEqual(least)
    })
  }
})

describe('what the browser colours before any of our code runs', () => {
  const read = (path: string) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8')

  it('has the ground colour of the themes', () => {
    const manifest: unknown = JSON.parse(read('public/manifest.webmanifest'))
    expect(manifest).toMatchObject({ theme_color: PALETTES.dark.ground, background_color: PALETTES.dark.ground })
    for (const { ground } of Object.values(PALETTES)) expect(read('web/index.html')).toContain(`content="${ground}"`)
  })
})
