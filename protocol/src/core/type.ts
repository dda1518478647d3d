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
  Partial,
  Record,
  String,
  Union,
  Unknown,
  Unsafe,
} from '@sinclair/typebox'
