import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/** How one type of field is said on the wire. */
export interface Kind<T> {
  readonly wire: WireType
  read(reader: BinaryReader): T
  write(writer: BinaryWriter, value: T): void
}

type Fields = Readonly<Record<string, readonly [number: number, kind: Kind<unknown>]>>
type ValueOf<K> = K extends Kind<infer T> ? T : never

/** A field that is not said is not there; proto3 then means its zero. `unknown` holds what newer firmware says. */
export type MessageOf<F extends Fields> = { readonly [Name in keyof F]?: ValueOf<F[Name][1]> } & {
  readonly unknown?: readonly Uint8Array[]
}

export interface MessageKind<T> extends Kind<T> {
  /** @throws RangeError or Error where the bytes are no such message. */
  decode(bytes: Uint8Array): T
  encode(message: T): Uint8Array<ArrayBuffer>
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
export const bytes: Kind<Uint8Array> = {
  wire: WireType.LengthDelimited,
  read: (reader) => reader.bytes().slice(),
  write: (writer, value) => writer.bytes(value),
}
export const string: Kind<string> = {
  wire: WireType.LengthDelimited,
  read: (reader) => reader.string(),
  write: (writer, value) => writer.string(value),
}

/**
 * A message by its fields, in the order in which they are written. Known fields with another wire type than theirs are
 * refused, so that noise is rarely taken for a message; unknown fields are kept and written back.
 */
export function message<F extends Fields>(fields: F): MessageKind<MessageOf<F>> {
  const byNumber = new Map(Object.entries(fields).map(([name, [number, kind]]) => [number, { name, kind }]))

  function decode(input: Uint8Array): MessageOf<F> {
    const reader = new BinaryReader(input)
    const values: Record<string, unknown> = {}
    const unknown: Uint8Array[] = []
    while (reader.pos < reader.len) {
      const start = reader.pos
      const [number, wire] = reader.tag()
      const field = byNumber.get(number)
      if (field && field.kind.wire !== wire) throw new RangeError(`field ${number} is of another type`)
      if (field) {
        values[field.name] = field.kind.read(reader)
      } else {
        reader.skip(wire, number)
        unknown.push(input.slice(start, reader.pos))
      }
    }
    if (unknown.length > 0) values['unknown'] = unknown
    // each value was read by the kind of its name
    return values as MessageOf<F>
  }

  function encode(value: MessageOf<F>): Uint8Array<ArrayBuffer> {
    const writer = new BinaryWriter()
    for (const [name, [number, kind]] of Object.entries(fields)) {
      const said: unknown = value[name]
      if (said !== undefined) kind.write(writer.tag(number, kind.wire), said)
    }
    for (const field of value.unknown ?? []) writer.raw(field)
    return writer.finish()
  }

  return {
    wire: WireType.LengthDelimited,
    decode,
    encode,
    read: (reader) => decode(reader.bytes()),
    write: (writer, value) => writer.bytes(encode(value)),
  }
}
