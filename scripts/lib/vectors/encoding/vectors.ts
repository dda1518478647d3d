import type { VectorSource } from '../format.ts'
import { base64url, hashes } from './binary.ts'
import { canonicalForm } from './canonical-form.ts'
import { jsonText } from './json-text.ts'
import { time } from './time.ts'

/** Section 1: how values look on the wire. */
export const sources = async (): Promise<readonly VectorSource[]> => [jsonText, canonicalForm, base64url, time, hashes]
