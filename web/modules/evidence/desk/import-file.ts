import type { Input } from '#protocol/core/capability.ts'
import { fileImport } from '#protocol/evidence/desk-capabilities.ts'

type Import = Input<typeof fileImport>

const FORMATS: Readonly<Record<string, Import['format']>> = { json: 'proof', trig: 'trig', jsonld: 'jsonld' }
/** Longest text the node takes. */
const MAX_CHARS = fileImport.input.properties.text.maxLength ?? 0

export const ACCEPTED = Object.keys(FORMATS)
  .map((extension) => `.${extension}`)
  .join(',')

/** What the node is asked to read, or why it cannot. @throws DOMException when the file cannot be read. */
export async function readImport(file: File): Promise<Import | 'unknown_format' | 'too_large'> {
  const format = FORMATS[file.name.split('.').at(-1)?.toLowerCase() ?? '']
  if (format === undefined) return 'unknown_format'
  // a character takes at most four bytes, so a larger file need not be read to be refused
  if (file.size > 4 * MAX_CHARS) return 'too_large'
  const text = await file.text()
  return text.length > MAX_CHARS ? 'too_large' : { format, text }
}
