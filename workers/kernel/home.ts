import { toHearthError } from '#protocol/core/errors.ts'
import { isBoxAddress } from './mesh/box-address.ts'
import type { Store } from './store/store.ts'

/** Where the app came from: the box that served it and the address people open. */
export interface Home {
  /** Multiaddrs of the box; none on a static host. */
  readonly boxes: readonly string[]
  readonly appUrl: string
}

const HOME_KEY = 'home'

/**
 * A start without a network cannot ask the box how it is reached. The node goes by what it was told last, or it would never
 * find back to a box that was off when the app started.
 */
export async function recallHome(store: Store, told: Home): Promise<Home> {
  const boxes = told.boxes.filter(isBoxAddress)
  if (boxes.length > 0) {
    const home: Home = { boxes, appUrl: told.appUrl }
    try {
      await store.write([{ table: 'meta', key: HOME_KEY, value: home }])
    } catch (error) {
      // a full device still starts: it knows its box now, and tells of the full store where something would be lost
      if (toHearthError(error).code !== 'capacity_exceeded') throw error
    }
    return home
  }
  // written above and nowhere else
  return ((await store.get('meta', HOME_KEY)) as Home | undefined) ?? { boxes, appUrl: told.appUrl }
}
