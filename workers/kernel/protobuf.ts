import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/** How one type of value is said on the wire. */
export interface Kind<T> {
  readonly wire: WireType
  read(reader: BinaryReader): T
  write(writer: BinaryWriter, value: T): void
}

/** What may stand in a field: at most one value, or any number of them. */
export interface One<T> {
  readonly number: number
  readonly kind: Kind<T>
  readonly many: false
}
export interface Many<T> {
  readonly number: number
  readonly kind: Kind<T>
  readonly many: true
}
/** A message's fields by their names. */
export type Fields = Readonly<Record<string, One<unknown> | Many<unknown>>>
type ValueOf<F> = F extends Many<infer T> ? readonly T[] : F extends One<infer T> ? T : never

type SingleNames<F extends Fields> = { [Name in keyof F]: F[Name] extends Many<unknown> ? never : Name }[keyof F]

/**
 * A field that is not said is not there (proto3 then means its zero), a list that is not said is empty. `unknown` are fields of
 * a newer version, whole.
 */
export type MessageOf<F extends Fields> = { readonly [Name in Exclude<keyof F, SingleNames<F>>]: ValueOf<F[Name]> } & {
  readonly [Name in SingleNames<F>]?: ValueOf<F[Name]> | undefined
} & { readonly unknown?: readonly Uint8Array[] }

export interface MessageKind<T> extends Kind<T> {
  /** Values of bytes are views of `input`, not copies. @throws RangeError or Error where the bytes are no such message. */
  decode(input: Uint8Array): T
  encode(message: T): Uint8Array<ArrayBuffer>
  /** A message of which only `said` is said. */
  of(said: Partial<T>): T
}

export const one = <T>(number: number, kind: Kind<T>): One<T> => ({ number, kind, many: false })
export const many = <T>(number: number, kind: Kind<T>): Many<T> => ({ number, kind, many: true })

/** Exact over all 64 bits: slices in published graphs end at the largest of them. */
export const int64: Kind<bigint> = {
  wire: WireType.Varint,
  // the reader says a string only where the platform has no BigInt
  read: (reader) => BigInt(reader.int64()),
  write: (writer, value) => writer.int64(value),
}
export const uint32: Kind<number> = {
  wire: WireType.Varint,
  read: (reader) => reader.uint32(),
  write: (writer, value) => writer.uint32(value),
}
/** A negative one takes ten bytes. */
export const int32: Kind<number> = {
  wire: WireType.Varint,
  read: (reader) => reader.int32(),
  write: (writer, value) => writer.int32(value),
}
export const bool: Kind<boolean> = {
  wire: WireType.Varint,
  read: (reader) => reader.bool(),
  write: (writer, value) => writer.bool(value),
}
export const fixed32: Kind<number> = {
  wire: WireType.Bit32,
  read: (reader) => reader.fixed32(),
  write: (writer, value) => writer.fixed32(value),
}
export const float: Kind<number> = {
  wire: WireType.Bit32,
  read: (reader) => reader.float(),
  write: (writer, value) => writer.float(value),
}
/** A view of what was read, not a copy. */
export const bytes: Kind<Uint8Array> = {
  wire: WireType.LengthDelimited,
  read: (reader) => reader.bytes(),
  write: (writer, value) => writer.bytes(value),
}
export const string: Kind<string> = {
  wire: WireType.LengthDelimited,
  read: (reader) => reader.string(),
  write: (writer, value) => writer.string(value),
}

interface MessageOptions {
  /** Refuses known fields with another wire type than theirs, so that noise is rarely taken for a message. They are kept otherwise. */
  readonly strict?: boolean
}

/**
 * A message by its fields, in the order in which they are written. In that of their numbers, as protobuf libraries write
 * them, what was read is written back byte for byte. Unknown fields are kept and come last. Numbers in a list are
 * read one by one or packed, and written one by one, as ONNX does.
 */
export function message<F extends Fields>(fields: F, { strict = false }: MessageOptions = {}): MessageKind<MessageOf<F>> {
  const entries = Object.entries(fields)
  const byNumber = new Map(entries.map(([name, field]) => [field.number, { name, field }]))
  const empty = Object.fromEntries(entries.map(([name, field]) => [name, field.many ? [] : undefined]))
  // the names and kinds of `fields`, each with what its kind says when nothing is said
  const of = (said: Partial<MessageOf<F>>) => ({ ...empty, unknown: [], ...said }) as unknown as MessageOf<F>

  function decode(input: Uint8Array): MessageOf<F> {
    const reader = new BinaryReader(input)
    const single: Record<string, unknown> = {}
    const lists: Record<string, unknown[]> = {}
    const unknown: Uint8Array[] = []
    while (reader.pos < reader.len) {
      const start = reader.pos
      const [number, wire] = reader.tag()
      const known = byNumber.get(number)
      if (known && (wire === known.field.kind.wire || isPacked(known.field, wire))) {
        const { name, field } = known
        if (!field.many) {
          single[name] = field.kind.read(reader)
          continue
        }
        lists[name] ??= []
        const list = lists[name]
        if (wire === field.kind.wire) list.push(field.kind.read(reader))
        else for (const end = reader.uint32() + reader.pos; reader.pos < end; ) list.push(field.kind.read(reader))
      } else {
        if (known && strict) throw new RangeError(`field ${number} is of another type`)
        reader.skip(wire, number)
        unknown.push(input.subarray(start, reader.pos))
      }
    }
    // each value was read by the kind of its name
    return of({ ...single, ...lists, unknown } as unknown as Partial<MessageOf<F>>)
  }

  function encode(value: MessageOf<F>): Uint8Array<ArrayBuffer> {
    const writer = new BinaryWriter()
    const said: Readonly<Record<string, unknown>> = value
    for (const [name, { number, kind, many: list }] of entries) {
      const content = said[name]
      if (content === undefined) continue
      for (const item of list && Array.isArray(content) ? content : [content]) kind.write(writer.tag(number, kind.wire), item)
    }
    for (const field of value.unknown ?? []) writer.raw(field)
    return writer.finish()
  }

  return {
    wire: WireType.LengthDelimited,
    of,
    decode,
    encode,
    read: (reader) => decode(reader.bytes()),
    write: (writer, value) => writer.bytes(encode(value)),
  }
}

const isPacked = (field: One<unknown> | Many<unknown>, wire: WireType): boolean =>
  field.many && wire === WireType.LengthDelimited && field.kind.wire !== WireType.LengthDelimited
