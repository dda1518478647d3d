import { readFile } from 'node:fs/promises'
import { toHearthError } from '#protocol/core/errors.ts'
import { parseJson } from '#protocol/core/json.ts'
import { checkReport } from '#protocol/protocol/report.ts'

// npx tsx scripts/verify-conformance.ts <report.json>: exit 0 when the node it names signed it and its sums are right, 1
// when not, 2 without a file. It asks nobody and needs no network.

/** What people wrote could turn a terminal around: control characters are spelled out. */
const plain = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}]/gu, (mark) => `\\u{${(mark.codePointAt(0) ?? 0).toString(16)}}`)

async function main(path: string | undefined): Promise<number> {
  if (path === undefined) {
    console.error('usage: npx tsx scripts/verify-conformance.ts <report.json>')
    return 2
  }
  try {
    const { summary, cases } = await checkReport(parseJson(await readFile(path, 'utf8')))
    const { implementation, overall, node_id, ended_at, suite_version, sections } = summary
    console.log(`✓ signed by ${node_id}`)
    console.log(`  ${plain(`${implementation.name} ${implementation.version} (${implementation.vendor})`)}`)
    console.log(`  ${overall}: ${cases.length} cases of suite ${plain(suite_version)}, ended ${ended_at}`)
    for (const { section, passed, failed, skipped } of sections) {
      console.log(`  ${plain(section)}: ${passed} passed, ${failed} failed, ${skipped} skipped`)
    }
    return 0
  } catch (error) {
    const { code, message } = toHearthError(error)
    console.error(`✗ not a report to be relied on: ${code === 'internal_error' ? String(error) : `${code}: ${message}`}`)
    return 1
  }
}

process.exitCode = await main(process.argv[2])
