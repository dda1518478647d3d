import { readFile } from 'node:fs/promises'
import { toHearthError } from '#protocol/core/errors.ts'
import { displayNodeId } from '#protocol/core/ids.ts'
import { type ProofReport, type ProvenClaim, verifyProof } from '#protocol/evidence/proof.ts'

// npx tsx scripts/verify-proof.ts <file>: exit 0 when everything in it holds, 1 when something does not, 2 without a proof

/** A terminal obeys control characters and turns text around: what people wrote is shown with both spelled out. */
const plain = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}]/gu, (mark) => `\\u{${(mark.codePointAt(0) ?? 0).toString(16)}}`)

function lines({ claim_id, claim, ground, attestations, disputes, retracted, missing }: ProvenClaim): string[] {
  return [
    `  ${plain(claim.subject)} · ${plain(claim.predicate)} · ${plain(claim.object)}`,
    `    ${claim_id}`,
    `    asserted ${claim.asserted_at} by ${displayNodeId(claim.asserted_by)}, ${ground}${retracted ? ', taken back' : ''}`,
    ...claim.sources.map(({ source_id }) => `    source ${plain(source_id)}`),
    ...attestations.map(({ attester, role }) => `    vouched for by ${displayNodeId(attester)} as ${role}`),
    ...disputes.map(({ dispute }) => `    disputed by ${displayNodeId(dispute.disputer)}: ${plain(dispute.rationale)}`),
    ...missing.map((parent) => `    derives from ${parent}, which is not in the file`),
  ]
}

function print({ sound, problems, claims, proof }: ProofReport): void {
  console.log(`${sound ? '✓ everything in this file holds' : '✗ not everything in this file holds'} (made ${proof.made_at})`)
  for (const { path, code, message } of problems) console.log(`  ${path}: ${code}: ${plain(message)}`)
  for (const claim of claims) console.log(lines(claim).join('\n'))
}

async function main(path: string | undefined): Promise<number> {
  if (path === undefined) {
    console.error('usage: npx tsx scripts/verify-proof.ts <file>')
    return 2
  }
  try {
    const report = await verifyProof(await readFile(path, 'utf8'))
    print(report)
    return report.sound ? 0 : 1
  } catch (error) {
    const { code, message } = toHearthError(error)
    console.error(`✗ not a proof: ${code === 'internal_error' ? String(error) : message}`)
    return 2
  }
}

process.exitCode = await main(process.argv[2])
