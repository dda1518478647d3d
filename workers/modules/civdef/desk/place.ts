import { PointSchema } from '#protocol/civdef/alert.ts'
import { placeChanged } from '#protocol/civdef/events.ts'
import { placeGet, placeMap, placeSearch, placeSet } from '#protocol/civdef/place-capabilities.ts'
import { REGION_PATTERN } from '#protocol/civdef/terms.ts'
import * as Type from '#protocol/core/type.ts'
import type { ModuleDeps } from '../../../kernel/modules.ts'
import type { Drawer } from '../../../kernel/shelf.ts'
import type { Person } from '../decide.ts'
import type { Regions } from '../regions/adapters.ts'

const PositionSchema = Type.Union([PointSchema, Type.Null()])

/** Where this device is, as its person said. It is compared here with the shapes of alerts and leaves by no way. */
export type PositionDrawer = Drawer<Person['position']>

export const openPosition = (shelf: ModuleDeps['shelf']): Promise<PositionDrawer> =>
  shelf.open('civdef.position', PositionSchema, null)

type Deps = Pick<ModuleDeps, 'bus' | 'config' | 'notify'> & {
  readonly regions: Regions
  readonly position: PositionDrawer
}

const isRegion = (text: string): boolean => new RegExp(REGION_PATTERN).test(text)

/** Places by name, and the person's own (CIV-5). */
export function servePlaces({ bus, config, notify, regions, position }: Deps): (() => void)[] {
  return [
    bus.handle(placeSearch, async ({ text, limit }) => {
      const wanted = text.trim()
      const named = isRegion(wanted) ? regions.place(wanted) : null
      const places = named ? [named] : regions.search(wanted, limit)
      const sources = [...new Set(places.map(({ region }) => regions.adapterOf(region)?.source ?? ''))]
      return { places: [...places], source: sources.join(' · ') || (regions.adapterOf('DE.NRW')?.source ?? '') }
    }),

    bus.handle(placeMap, async () => {
      const { places, source } = regions.map()
      const points = places.flatMap(({ region, name, inhabitants, position: at }) =>
        at ? [{ region, name, inhabitants, position: at }] : [],
      )
      return { points, source }
    }),

    bus.handle(placeGet, async () => ({
      place: regions.place(config().civdef.municipality),
      position: position.get(),
    })),

    bus.handle(placeSet, async ({ position: next }) => {
      await position.set(next)
      notify(placeChanged)
      return {}
    }),
  ]
}
