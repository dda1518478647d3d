/**
 * The colours of HearthNet: night ink, ember, paper. Names say what a colour is for; `contrast.test.ts` holds the pairs
 * below to WCAG 2.2 AA.
 */
export interface Palette {
  /** Behind everything. */
  readonly ground: string
  /** Cards, bars, fields. */
  readonly surface: string
  /** What lies on a surface: hover, wells, skeletons. */
  readonly raised: string
  /** Lines that only divide. */
  readonly line: string
  /** Edges of what can be operated. */
  readonly edge: string
  readonly text: string
  readonly muted: string
  /** The one accent: filled buttons and marks, with `onEmber` on it. */
  readonly ember: string
  readonly emberHover: string
  readonly onEmber: string
  /** The accent as text, links and focus rings. */
  readonly emberText: string
  readonly emberWash: string
  readonly good: string
  readonly warn: string
  readonly bad: string
  readonly badWash: string
  /** Red in both themes, of what is pressed or framed in an emergency; too dark for text where it is night. */
  readonly badFill: string
  /** The part of it that fills while it is held. */
  readonly badHeld: string
  readonly onBad: string
}

export const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    ground: '#f7f2ea',
    surface: '#fffdf9',
    raised: '#f1eadf',
    line: '#e0d6c6',
    edge: '#8b8172',
    text: '#18202f',
    muted: '#565d6b',
    ember: '#ac4409',
    emberHover: '#8f3806',
    onEmber: '#ffffff',
    emberText: '#9c3d07',
    emberWash: '#fbe6d6',
    good: '#1a6b4b',
    warn: '#7c5300',
    bad: '#a3221c',
    badWash: '#fbe4e1',
    badFill: '#a3221c',
    badHeld: '#722123',
    onBad: '#ffffff',
  },
  dark: {
    ground: '#0d131e',
    surface: '#141c2a',
    raised: '#1e293b',
    line: '#2a374d',
    edge: '#6b7c98',
    text: '#f1ede6',
    muted: '#a9b3c3',
    ember: '#f28b45',
    emberHover: '#ffa261',
    onEmber: '#1b0e04',
    emberText: '#ffae75',
    emberWash: '#33231a',
    good: '#72d2a4',
    warn: '#f2c565',
    bad: '#ff9d92',
    badWash: '#3a1f22',
    badFill: '#d8322a',
    badHeld: '#912726',
    onBad: '#ffffff',
  },
}

type Scale = readonly [string, string, string, string, string, string, string, string, string, string]

/** The ten-step neutral scales Mantine draws from by itself, in our paper (light first) and ink (text first). */
export const NEUTRALS: Readonly<Record<'gray' | 'dark', Scale>> = {
  gray: ['#fbf7f0', '#f1eadf', '#e8dfd1', '#e0d6c6', '#cdc1ae', '#8b8172', '#726a5e', '#565d6b', '#333a48', '#18202f'],
  dark: ['#f1ede6', '#d5d3d0', '#a9b3c3', '#6b7c98', '#3a4a63', '#2a374d', '#1e293b', '#141c2a', '#0d131e', '#080c14'],
}

/** Pairs that must be readable: foreground, background, least ratio (4.5 for text, 3 for edges and shapes). */
export const CONTRAST_PAIRS: readonly (readonly [keyof Palette, keyof Palette, number])[] = [
  ['text', 'ground', 7],
  ['text', 'surface', 7],
  ['text', 'raised', 7],
  ['muted', 'ground', 4.5],
  ['muted', 'surface', 4.5],
  ['muted', 'raised', 4.5],
  ['emberText', 'ground', 4.5],
  ['emberText', 'surface', 4.5],
  ['emberText', 'raised', 4.5],
  ['emberText', 'emberWash', 4.5],
  ['text', 'emberWash', 7],
  ['onEmber', 'ember', 4.5],
  ['onEmber', 'emberHover', 4.5],
  ['good', 'surface', 4.5],
  ['good', 'ground', 4.5],
  ['good', 'raised', 4.5],
  ['warn', 'surface', 4.5],
  ['warn', 'ground', 4.5],
  ['warn', 'raised', 4.5],
  ['bad', 'surface', 4.5],
  ['bad', 'ground', 4.5],
  ['bad', 'raised', 4.5],
  ['bad', 'badWash', 4.5],
  ['text', 'badWash', 7],
  ['muted', 'badWash', 4.5],
  ['onBad', 'badFill', 4.5],
  ['onBad', 'badHeld', 4.5],
  ['badFill', 'ground', 3],
  ['badFill', 'surface', 3],
  ['badFill', 'badWash', 3],
  ['edge', 'surface', 3],
  ['edge', 'ground', 3],
]

/** Smallest side of anything to press, px (WCAG 2.5.5). */
export const TARGET_PX = 44
/** From this width on, navigation stands at the side, px. */
export const WIDE_PX = 820
/** Durations, ms; all are 0 where the person asked for less motion. */
export const MOTION = { quick: 120, calm: 220 } as const
export const FONTS = {
  text: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  mono: 'ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", "Noto Sans Mono", "Liberation Mono", monospace',
} as const

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** `--hn-ember-text` and so on: how style sheets reach a palette. */
export const paletteVariables = (palette: Palette): Record<string, string> =>
  Object.fromEntries(Object.entries(palette).map(([name, value]) => [`--hn-${kebab(name)}`, value]))
