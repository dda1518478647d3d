import type { Json } from './encoding.ts'

/** Members that take the place of those of a message; undefined takes one away. */
export type Draft = { readonly [key: string]: Json | undefined }

/** Has the form of a ULID. */
export const ulidLike = '01JZZZZZZZZZZZZZZZZZZZZZZZ'
