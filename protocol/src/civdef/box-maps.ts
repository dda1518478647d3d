import type { Static } from '@sinclair/typebox'
import { CountSchema, Strict } from '../core/schema.ts'
import * as Type from '../core/type.ts'

/** As a map's file may be called: what is called otherwise is not shown. */
export const MapFileNameSchema = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,95}\\.pmtiles$' })

/** What a box says at `/box/maps.json` of its operator's folder of maps (PMTiles, version 3); none where there is no such folder. */
export const BoxMapsSchema = Strict({
  maps: Type.Array(Strict({ name: MapFileNameSchema, bytes: CountSchema }), { maxItems: 16 }),
})
export type BoxMaps = Static<typeof BoxMapsSchema>
