// Converts the SDK's protobuf values, and gives equal values equal bytes.
import { create, toBinary } from '@bufbuild/protobuf'
import { VALUES_PB } from '@chainlink/cre-sdk/pb'

/** A value as guests and nodes exchange it. */
export type Value = VALUES_PB.Value
export type BigIntMessage = VALUES_PB.BigInt

/** Serialization in which equal values have equal bytes: map keys sorted (protobuf keeps insertion order). */
export function canonicalBytes(value: Value): Uint8Array {
  return toBinary(VALUES_PB.ValueSchema, sortKeys(value))
}

/** The canonical bytes as a map key. */
export function canonicalKey(value: Value): string {
  return Buffer.from(canonicalBytes(value)).toString('latin1')
}

/** A list value. */
export function listValue(fields: Value[]): Value {
  const list = create(VALUES_PB.ListSchema, { fields })
  return create(VALUES_PB.ValueSchema, { value: { case: 'listValue', value: list } })
}

/** A map value. */
export function mapValue(fields: Record<string, Value>): Value {
  const map = create(VALUES_PB.MapSchema, { fields })
  return create(VALUES_PB.ValueSchema, { value: { case: 'mapValue', value: map } })
}

/** A protobuf BigInt message as bigint. */
export function toBigInt(message: BigIntMessage | undefined): bigint {
  if (message === undefined || message.absVal.length === 0) return 0n
  const magnitude = BigInt(`0x${Buffer.from(message.absVal).toString('hex')}`)
  return message.sign < 0n ? -magnitude : magnitude
}

/** A bigint as protobuf BigInt message. */
export function fromBigInt(value: bigint): BigIntMessage {
  const magnitude = value < 0n ? -value : value
  const hex = magnitude === 0n ? '' : magnitude.toString(16)
  const absVal = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return create(VALUES_PB.BigIntSchema, { absVal, sign: value === 0n ? 0n : value < 0n ? -1n : 1n })
}

/** A value as plain JSON data, for the result line and the journal; amounts as decimal digits. */
export function toPlain(value: Value): unknown {
  const { value: content } = value
  switch (content.case) {
    case 'mapValue':
      return Object.fromEntries(Object.entries(content.value.fields).map(([key, field]) => [key, toPlain(field)]))
    case 'listValue':
      return content.value.fields.map(toPlain)
    case 'bigintValue':
      return toBigInt(content.value).toString()
    case 'int64Value':
    case 'uint64Value':
      return content.value.toString()
    case 'bytesValue':
      return `0x${Buffer.from(content.value).toString('hex')}`
    case 'timeValue':
      return new Date(Number(content.value.seconds) * 1000 + content.value.nanos / 1e6).toISOString()
    case 'decimalValue':
      return `${toBigInt(content.value.coefficient)}e${content.value.exponent}`
    default:
      return content.value
  }
}

function sortKeys(value: Value): Value {
  const { value: content } = value
  if (content.case === 'listValue') return listValue(content.value.fields.map(sortKeys))
  if (content.case !== 'mapValue') return value
  const sorted = Object.entries(content.value.fields).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return mapValue(Object.fromEntries(sorted.map(([key, field]) => [key, sortKeys(field)])))
}
