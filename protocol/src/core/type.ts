import {
  Kind,
  Object as ObjectOf,
  Optional,
  type TObject,
  type TOptional,
  type TProperties,
  type TSchema,
  type TString,
  Unsafe,
} from '@sinclair/typebox'

// TypeBox builds its `Type` object from every constructor it has, so a bundler must keep them all: 155 KB in the page.
// Named and re-exported, only these stay; importers write `import * as Type from '…/core/type.ts'`.
// biome-ignore lint/performance/noBarrelFile: its whole purpose is to name what may stay
export {
  Array,
  Boolean,
  Integer,
  Literal,
  Null,
  Number,
  Object,
  Optional,
  String,
  Union,
  Unknown,
  Unsafe,
} from '@sinclair/typebox'

/** An object whose fields may all be missing and which has no others. TypeBox's own takes any type apart, at ten times the size. */
export const Partial = <P extends TProperties>(properties: P): TObject<{ [K in keyof P]: TOptional<P[K]> }> => {
  const optional = globalThis.Object.entries(properties).map(([name, schema]) => [name, Optional(schema)] as const)
  // `fromEntries` forgets which names there are; they are those of `properties`
  const fields = globalThis.Object.fromEntries(optional) as { [K in keyof P]: TOptional<P[K]> }
  return ObjectOf(fields, { additionalProperties: false })
}

/** An object with names of any kind and values of one. */
export const Record = <V extends TSchema>(_names: TString, values: V) =>
  Unsafe<globalThis.Record<string, V['static']>>({ [Kind]: 'Record', type: 'object', patternProperties: { '^(.*)$': values } })
