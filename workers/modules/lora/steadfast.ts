import { toHearthError } from '#protocol/core/errors.ts'
import type { Drawer } from '../../kernel/shelf.ts'

/** Runs what a full device may refuse. */
export async function unlessFull(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (toHearthError(error).code !== 'capacity_exceeded') throw error
  }
}

/** A drawer that goes on in memory when the device is full: nobody's call for help waits for room on a disk. */
export function steadfast<T>(drawer: Drawer<T>): Drawer<T> {
  let value = drawer.get()
  return {
    get: () => value,
    async set(next) {
      value = next
      await unlessFull(drawer.set(next))
    },
  }
}
