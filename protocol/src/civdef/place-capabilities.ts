import type { Static } from '@sinclair/typebox'
import { configChanged } from '../config/events.ts'
import { defineCapability } from '../core/capability.ts'
import { CountSchema, NodeIdSchema, OneOf, Strict } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { PointSchema } from './alert.ts'
import { act, ask, Nothing } from './capability-kinds.ts'
import { placeChanged, rootChanged } from './events.ts'
import { RegionSchema } from './terms.ts'

// where this device is, and whom it believes

export const PlaceSchema = Strict({
  region: RegionSchema,
  /** As people say it: „Issum“. */
  name: Type.String(),
  /** What it lies in: „Kreis Kleve“. */
  within: Type.String(),
  kind: OneOf(['land', 'kreis', 'gemeinde']),
  ags: Type.String({ pattern: '^\\d{2,8}$' }),
  ars: Type.String({ pattern: '^\\d{12}$' }),
  /** NINA's key of the area. */
  warncell: Type.String({ pattern: '^\\d{9}$' }),
  inhabitants: CountSchema,
  /** Of a municipality: a point in its middle, to within some hundred metres; missing where the adapter knows none. */
  position: Type.Optional(PointSchema),
})
export type Place = Static<typeof PlaceSchema>

/** Municipalities by name, as one types; or the one place of a region (`DE.NRW.Kleve`), to be named (CIV-5). */
export const placeSearch = defineCapability({
  ...ask,
  name: 'experimental.civdef.place.search',
  input: Strict({ text: Type.String({ maxLength: 80 }), limit: Type.Integer({ minimum: 1, maximum: 50 }) }),
  output: Strict({ places: Type.Array(PlaceSchema), source: Type.String() }),
})

/** Municipalities as points, for a map that needs no server. The borders of none are known. */
export const placeMap = defineCapability({
  ...ask,
  name: 'experimental.civdef.place.map',
  input: Nothing,
  output: Strict({
    points: Type.Array(Strict({ region: RegionSchema, name: Type.String(), inhabitants: CountSchema, position: PointSchema })),
    /** Where the positions come from; shown with them. */
    source: Type.String(),
  }),
})

/** Where this person is, and what follows from it. */
export const placeGet = defineCapability({
  ...ask,
  name: 'experimental.civdef.place.get',
  input: Nothing,
  output: Strict({ place: Type.Union([PlaceSchema, Type.Null()]), position: Type.Union([PointSchema, Type.Null()]) }),
  answersFrom: [configChanged, placeChanged],
})

/** Says where this device is, for targets with a shape; null forgets it. It stays on this device. */
export const placeSet = defineCapability({
  ...act,
  name: 'experimental.civdef.place.set',
  errors: ['experimental_disabled'],
  input: Strict({ position: Type.Union([PointSchema, Type.Null()]) }),
  output: Nothing,
})

/** Trust roots by name and fingerprint, the community's and this device's own. */
export const rootList = defineCapability({
  ...ask,
  name: 'experimental.civdef.root.list',
  input: Nothing,
  output: Strict({
    roots: Type.Array(
      Strict({
        root: NodeIdSchema,
        name: Type.String(),
        region: RegionSchema,
        fingerprint: Type.String(),
        from: OneOf(['community', 'device']),
      }),
    ),
  }),
  answersFrom: [rootChanged, configChanged],
})

/** An anchor names a root for everyone, or takes it away. */
export const rootSet = defineCapability({
  ...act,
  name: 'experimental.civdef.root.set',
  errors: ['experimental_disabled', 'civdef_region_unsupported'],
  input: Strict({
    root: NodeIdSchema,
    name: Type.Union([Type.String({ minLength: 1, maxLength: 80 }), Type.Null()]),
    region: RegionSchema,
  }),
  output: Nothing,
})
