import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatCheckpoint, logName, signNote } from '#protocol/civdef/note.ts'
import { canonical } from '#protocol/core/canonical.ts'
import { utf8 } from '#protocol/core/encoding.ts'
import { signEntry } from '../workers/modules/civdef/audit/entry.ts'
import { exportLines, toJsonl } from '../workers/modules/civdef/audit/export.ts'
import { createMerkleTree } from '../workers/modules/civdef/audit/merkle.ts'
import { exportPdf } from '../workers/modules/civdef/audit/pdf/document.ts'
import { testSigner } from '../workers/testing/test-identity.ts'
import { verifierPage } from './build-verifier.mjs'
import { launchOptions } from './lib/browser.mjs'

let folder: string
let html: string
let log: string
let pdf: Uint8Array
let browser: Browser
let page: Page
const asked: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verifier-'))
  html = await verifierPage({ root: resolve(import.meta.dirname, '..'), target: ['chrome130'] })
  await writeFile(join(folder, 'verify-audit.html'), html)
  const owner = await testSigner(32)
  const tree = createMerkleTree()
  const entries: string[] = []
  let prevSha: string | null = null
  for (let seq = 0; seq < 6; seq++) {
    const fact = { event: 'acked' as const, alertId: null, actor: owner.nodeId, payload: { seq, note: '<b>‮x</b>' } }
    const { written } = await signEntry(owner, fact, { seq, prevSha }, Date.UTC(2026, 4, 26))
    tree.append(written.leaf)
    entries.push(written.text)
    prevSha = written.sha
  }
  const origin = logName(owner.nodeId)
  const text = formatCheckpoint({ origin, size: 6, root: new Uint8Array(tree.root()), extensions: [] })
  const lines = await exportLines({
    ...{ owner: owner.nodeId, size: 6, madeAt: Date.UTC(2026, 4, 26), certificates: [] },
    chain: { epoch: 0, start: 0, entries, checkpoints: [await signNote(owner, origin, text)] },
    record: async (index) => canonical({ seq: index, note: '<b>‮x</b>' }),
    alertOf: () => null,
  })
  log = toJsonl(lines)
  pdf = await exportPdf({ lines, jsonl: { name: 'protokoll.jsonl', bytes: utf8(log) }, nameOf: () => '' })
  browser = await chromium.launch(launchOptions())
  const context = await browser.newContext({ locale: 'de-DE', offline: true })
  page = await context.newPage()
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(pathToFileURL(join(folder, 'verify-audit.html')).href)
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true })
})

/** What the page says of a file. */
async function verdict(name: string, content: string | Uint8Array): Promise<string> {
  await page.setInputFiles('input[type=file]', { name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) })
  await page.locator('section', { hasText: name }).waitFor()
  return (await page.locator('section').textContent()) ?? ''
}

describe('the verifier’s page', () => {
  it('is one file: its policy lets run this script and nothing else, and it asks nobody for anything (AUD-5)', async () => {
    const [, script = ''] = /<script>([\s\S]*)<\/script>/.exec(html) ?? []
    const hash = createHash('sha256').update(script).digest('base64')
    expect(html).toContain(`default-src 'none'; script-src 'sha256-${hash}'`)
    expect(html).not.toMatch(/%[A-Z]+%|<link|src=|import\(/)
    expect(asked.filter((url) => !url.startsWith('file:'))).toEqual([])
  })

  it('says in a browser without a network that a log holds, from the log and from the printed form (AUD-5)', async () => {
    expect(await verdict('gut.jsonl', log)).toContain('✓ Das Protokoll hält.')
    const printed = await verdict('gut.pdf', pdf)
    expect(printed).toContain('✓ Das Protokoll hält.')
    expect(printed).toContain('nicht die gedruckten Seiten')
  })

  it('finds one flipped byte, and says in which line and entry, in both languages (AUD-5)', async () => {
    const at = log.indexOf('"seq":4,')
    const bytes = Buffer.from(log)
    const place = Buffer.byteLength(log.slice(0, at)) + 6
    bytes[place] = (bytes[place] ?? 0) ^ 1
    const line = log.slice(0, at).split('\n').length
    expect(await verdict('falsch.jsonl', bytes)).toContain(`Zeile ${line}, Eintrag 4: Der Eintrag trägt eine falsche Nummer.`)
    await page.getByRole('button', { name: 'English' }).click()
    expect(await page.locator('section').textContent()).toContain(`line ${line}, entry 4: The entry has a wrong number.`)
    await page.getByRole('button', { name: 'Deutsch' }).click()
  })

  it('says of a printed form whose file is damaged or missing that it is (AUD-5)', async () => {
    const bytes = Buffer.from(pdf)
    const place = bytes.indexOf('stream\n', bytes.indexOf('/EmbeddedFile')) + 60
    bytes[place] = (bytes[place] ?? 0) ^ 1
    for (const content of [bytes, Buffer.from('%PDF-1.7\n%%EOF')]) {
      await page.setInputFiles('input[type=file]', { name: 'x.pdf', mimeType: 'application/pdf', buffer: content })
      await page.locator('section', { hasText: 'In diesem PDF steckt kein Protokoll' }).waitFor()
      await verdict('gut.jsonl', log)
    }
  })

  it('says that something else is no log, and runs nothing that is in it', async () => {
    const text = await verdict('sonst.txt', '<script>document.title = "weg"</script>')
    expect(text).toContain('✗ Das Protokoll hält nicht.')
    expect(await page.title()).toBe('Protokoll prüfen')
  })
})
