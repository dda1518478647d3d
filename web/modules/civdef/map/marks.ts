/** The shapes of signs on a map, told apart without any colour. */
export const MARKS = {
  /** Where somebody is. */
  mine: { viewBox: '0 0 28 36', path: 'M14 1 C6 1 1 7 1 14 C1 23 14 35 14 35 C14 35 27 23 27 14 C27 7 22 1 14 1 Z' },
  /** A municipality that an alert is for. */
  target: { viewBox: '0 0 20 20', path: 'M10 1 L19 10 L10 19 L1 10 Z' },
  /** Any other. */
  other: { viewBox: '0 0 12 12', path: 'M2 6 a4 4 0 1 0 8 0 a4 4 0 1 0 -8 0 Z' },
  /** A drawn area; only where signs are explained. */
  area: { viewBox: '0 0 24 18', path: 'M2 4 L20 2 L22 15 L5 16 Z' },
  cross: { viewBox: '0 0 28 28', path: 'M0 14 H28 M14 0 V28' },
} as const
