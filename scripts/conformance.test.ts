import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { checkReport } from '#protocol/protocol/report.ts'
import { KILLS } from '../conformance/faults/kills.ts'
import type { Manifest } from '../conformance/report/manifest.ts'
import { SUITE_VERSION } from '../conformance/report/report.ts'
import { main, type Place } from '../conformance/runner/main.ts'

const PLACE: Place = {
  root: '',
  web: '',
  faulty: '',
  peerPage: '',
  loopback: () => import('./lib/conformance-host.ts'),
  launch: {},
}
/** Some twenty cases that need no more than a moment. */
const SOME = ['--target', 'loopback', '--section', 'core/tokens', '--case', 'TOK-1', '--case', 'TOK-4']

let out: string
let said: string
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'hearthnet-suite-'))
  said = ''
  const hear = (text: string | Uint8Array): boolean => {
    said += String(text)
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(hear)
  vi.spyOn(process.stderr, 'write').mockImplementation(hear)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(out, { recursive: true })
})

const run = (...args: readonly string[]): Promise<number> => main([...args, '--out', out], PLACE)
const readJson = async (name: string) => JSON.parse(await readFile(join(out, name), 'utf8'))

describe('a run', () => {
  it('leaves a signed report that verifies, a page of it and a manifest, and exits with zero (CONF-4)', async () => {
    expect(await run(...SOME)).toBe(0)
    const { summary, cases, faults } = await checkReport(await readJson('report.json'))
    expect(cases.length).toBeGreaterThan(15)
    expect(summary).toMatchObject({ overall: 'pass', target: 'loopback', suite_version: SUITE_VERSION })
    if (KILLS.suite_version === SUITE_VERSION) expect(faults).toEqual(KILLS.rows)
    const page = await readFile(join(out, 'report.html'), 'utf8')
    expect(page).toContain(summary.node_id)
    expect(page).not.toMatch(/(?:src|href)="(?!#)/)
  })

  it('has failed when no case was executed (CONF-2)', async () => {
    expect(await run('--target', 'loopback', '--case', 'NOTHING-1')).toBe(1)
    expect(said).toContain('SKIPPED')
  })

  it('says nothing but the report where it is asked for JSON', async () => {
    expect(await run(...SOME, '--json')).toBe(0)
    await expect(checkReport(JSON.parse(said))).resolves.toMatchObject({ version: 1 })
  })

  it('does not begin with what it does not understand', async () => {
    for (const args of [['--target', 'pigeon'], ['--target', 'http'], ['--seed', 'twelve'], ['--nonsense']]) {
      expect(await run(...args), args.join(' ')).toBe(2)
    }
  })
})

describe('a run by its manifest (CONF-3)', () => {
  it('has equal results, case by case, of the same cases', async () => {
    expect(await run(...SOME, '--seed', '7')).toBe(0)
    const first: Manifest = await readJson('run_manifest.json')
    expect(await run('--replay', join(out, 'run_manifest.json'))).toBe(0)
    expect(said).toContain('The results are the same.')
    const second: Manifest = await readJson('run_manifest.json')
    expect(second.options).toEqual(first.options)
    expect(second.results).toEqual(first.results)
  })

  it('fails and names each case that came out differently', async () => {
    await run(...SOME)
    const { results, ...head }: Manifest = await readJson('run_manifest.json')
    const [first, ...others] = results
    const changed = join(out, 'changed.json')
    await writeFile(changed, JSON.stringify({ ...head, results: [{ id: first?.id, state: 'failed' }, ...others] }))
    expect(await run('--replay', changed)).toBe(1)
    expect(said).toContain(`${first?.id}: failed, now passed`)
  })
})

describe('runs in a row', () => {
  it('have equal results, too', async () => {
    expect(await run(...SOME, '--repeat', '2')).toBe(0)
    expect(said).toContain('Run 2 of 2')
    expect(said).toContain('The results are the same.')
  })
})
