import { useSyncExternalStore } from 'react'

/** Where the large buttons of a wide screen stand: a tablet is held with both hands and pressed with one thumb. */
export const HANDS = ['left', 'both', 'right'] as const
export type Hand = (typeof HANDS)[number]

const KEY = 'hearthnet.desk.hand'
const listeners = new Set<() => void>()
let chosen: Hand | null = null

export const isHand = (value: unknown): value is Hand => HANDS.some((hand) => hand === value)

function read(): Hand {
  if (chosen) return chosen
  try {
    const stored = localStorage.getItem(KEY)
    return isHand(stored) ? stored : 'both'
  } catch {
    return 'both' // a browser may refuse storage
  }
}

export function setHand(hand: Hand): void {
  chosen = hand
  try {
    localStorage.setItem(KEY, hand)
  } catch {
    // refused storage only costs the memory of the choice
  }
  for (const listener of listeners) listener()
}

export const useHand = (): Hand =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    read,
    read,
  )
