import { readFile } from 'node:fs/promises'
import { logIn } from '../workers/modules/civdef/audit/attached.ts'
import { type StandaloneReport, verifyAuditExport } from '../workers/modules/civdef/audit/standalone.ts'
import { CAVEAT_WORDS, problemText } from '../workers/modules/civdef/audit/standalone-words.ts'

// npx tsx scripts/verify-audit.ts <file>: exit 0 when everything in it holds, 1 when something does not, 2 without a file

/** A terminal obeys control characters: what a file says is shown with them spelled out. */
const plain = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}]/gu, (mark) => `\\u{${(mark.codePointAt(0) ?? 0).toString(16)}}`)

function print(report: StandaloneReport): void {
  const { sound, log, entries, size, deleted, checkpoints, witnesses, certificates, records, drills, problems, caveats } =
    report
  console.log(sound ? '✓ everything in this file holds' : '✗ not everything in this file holds')
  console.log(`  log ${plain(log)}`)
  console.log(`  ${entries} of ${size} entries, ${checkpoints} checkpoints, ${certificates} certificates, ${records} records`)
  if (deleted > 0) console.log(`  ${deleted} older entries were deleted after their time`)
  if (drills > 0) console.log(`  DRILL: ${drills} of the entries belong to a drill`)
  for (const witness of witnesses) console.log(`  witnessed by ${plain(witness)}`)
  for (const problem of problems) console.log(`  ${problemText(problem, 'en')}`)
  for (const caveat of caveats) console.log(`  note: ${CAVEAT_WORDS[caveat].en}`)
}

async function main(path: string | undefined): Promise<number> {
  if (path === undefined) {
    console.error('usage: npx tsx scripts/verify-audit.ts <file>')
    return 2
  }
  try {
    const { log, isPrinted } = await logIn(await readFile(path))
    if (log === null) {
      console.log('✗ the log inside this PDF is damaged or missing')
      return 1
    }
    const report = await verifyAuditExport(log)
    print(report)
    if (isPrinted) console.log('  note: the file inside the PDF was checked, not the printed pages')
    return report.sound ? 0 : 1
  } catch (error) {
    console.error(`✗ ${String(error)}`)
    return 2
  }
}

process.exitCode = await main(process.argv[2])
