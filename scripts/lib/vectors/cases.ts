import type { JsonObject } from '#protocol/core/json.ts'
import type { InvalidVector, ValidVector } from './format.ts'

type Extra = Pick<ValidVector, 'rule' | 'fill'>

/** As JSON writes it: records of branded types become plain values, and what is undefined is not there. */
const plain = (value: object): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject // an object's JSON text is an object's

/** Taken in, with what comes out. */
export const good = (name: string, comment: string, input: object, expected: object = {}, extra: Extra = {}): ValidVector => ({
  name,
  comment,
  ...extra,
  input: plain(input),
  expected: plain(expected),
})

/** Refused with a code. @param catches the bug of an implementation that lets it pass */
export const bad = (
  name: string,
  catches: string,
  input: object,
  error: string,
  comment: string = name,
  extra: Extra = {},
): InvalidVector => ({ name, comment, ...extra, input: plain(input), error, catches })
