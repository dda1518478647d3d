import type { ScreenDefinition } from './screen.ts'

const found = import.meta.glob<ScreenDefinition>('../modules/*/screen.tsx', { eager: true, import: 'screen' })

/** Every screen, found by folder: a new module is a new folder and nothing else. */
export const SCREENS: readonly ScreenDefinition[] = Object.values(found).sort((a, b) => a.order - b.order)
