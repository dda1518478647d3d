import type { HearthError } from '#protocol/core/errors.ts'
import { toHearthError } from '#protocol/core/errors.ts'
import { PROOF_MAX_CHARS, type ProofReport, verifyProof } from '#protocol/evidence/proof.ts'

export type Verdict =
  | { readonly kind: 'sound' | 'unsound'; readonly fileName: string; readonly report: ProofReport }
  | { readonly kind: 'no_proof' | 'unreadable'; readonly fileName: string; readonly error: HearthError | null }

/** Checks a file where it lies: nothing is sent anywhere, and nobody is asked. */
export async function checkFile(file: File): Promise<Verdict> {
  const fileName = file.name
  // a character takes at most four bytes, so a larger file need not be read to be refused
  if (file.size > 4 * PROOF_MAX_CHARS) return { kind: 'no_proof', fileName, error: null }
  let text: string
  try {
    text = await file.text()
  } catch {
    return { kind: 'unreadable', fileName, error: null } // gone or locked between choosing and reading
  }
  try {
    const report = await verifyProof(text)
    return { kind: report.sound ? 'sound' : 'unsound', fileName, report }
  } catch (thrown) {
    return { kind: 'no_proof', fileName, error: toHearthError(thrown) }
  }
}
