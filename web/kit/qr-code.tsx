import { Text } from '@mantine/core'
import encodeQR from 'qr'
import { useMemo } from 'react'
import { useText } from './i18n.tsx'
import { messages } from './messages.ts'
import classes from './qr-code.module.css'

/** Modules of white around the code that a reader needs (ISO/IEC 18004). */
const QUIET = 4

function modulesOf(value: string): boolean[][] | null {
  try {
    return encodeQR(value, 'raw', { ecc: 'low', border: QUIET })
  } catch {
    return null // longer than the largest code holds
  }
}

/** One path over all dark modules: a run of them per row is a rectangle of height 1. */
const pathOf = (modules: readonly (readonly boolean[])[]): string =>
  modules
    .flatMap((row, y) =>
      row.map((dark, x) => {
        if (!dark || row[x - 1]) return ''
        const end = row.indexOf(false, x)
        return `M${x} ${y}h${(end === -1 ? row.length : end) - x}v1H${x}z`
      }),
    )
    .join('')

/** A QR code as a drawing, dark on white in every theme because readers expect that. */
export function QrCode({ value, label }: { readonly value: string; readonly label: string }) {
  const text = useText(messages)
  const modules = useMemo(() => modulesOf(value), [value])
  if (!modules) return <Text c="dimmed">{text.qrTooLong}</Text>
  return (
    <svg
      className={classes.code}
      viewBox={`0 0 ${modules.length} ${modules.length}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <title>{label}</title>
      <rect width="100%" height="100%" fill="#fff" />
      <path d={pathOf(modules)} fill="#000" />
    </svg>
  )
}
