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
type Fields = Readonly<Record<string, One<unknown> | Many<unknown>>>
type ValueOf<F> = F extends Many<infer T> ? readonly T[] : F extends One<infer T> ? T | undefined : never

/** A field that is not said is undefined, a list that is not said is empty. `unknown` are fields of a newer version, whole. */
export type MessageOf<F extends Fields> = { readonly [Name in keyof F]: ValueOf<F[Name]> } & {
  readonly unknown: readonly Uint8Array[]
}

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
export const int32: Kind<number> = {
  wire: WireType.Varint,
  read: (reader) => reader.int32(),
  write: (writer, value) => writer.int32(value),
}
export const float: Kind<number> = {
  wire: WireType.Bit32,
  read: (reader) => reader.float(),
  write: (writer, value) => writer.float(value),
}
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

/**
 * A message by its fields, in the order in which they are written: that of their numbers, as every protobuf library writes
 * them, so that what was read is written back byte for byte. Unknown fields are kept and come last. Numbers in a list are
 * read one by one or packed, and written one by one, as ONNX does.
 */
export function message<F extends Fields>(fields: F): MessageKind<MessageOf<F>> {
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
    for (const field of value.unknown) writer.raw(field)
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
