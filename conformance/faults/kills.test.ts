import { describe, expect, it } from 'vitest'
import { matches } from '#protocol/core/schema.ts'
import { FaultRowSchema } from '#protocol/protocol/report.ts'
import { ALL_CASES } from '../harness/registry.ts'
import { SUITE_VERSION } from '../report/report.ts'
import { FAULTS } from './all.ts'
import { KILLS, MEASURED, type MeasuredRow } from './kills.ts'
import { hashOf, mergedRows, runsOf } from './table.mjs'

const WANTED = 0.95

describe('the table of what catches which fault (CONF-7)', () => {
  it('was measured with this suite: every row says in which run, and a sound node passed there what a faulty one met', () => {
    expect(KILLS.suite_version).toBe(SUITE_VERSION)
    const runs = new Map(MEASURED.runs.map((run) => [run.started_at, run]))
    for (const { fault, run, target } of MEASURED.rows) {
      const measurement = runs.get(run)
      expect(measurement, fault).toBeDefined()
      const sound = target === 'browser' ? measurement?.browser : measurement?.loopback
      expect(sound?.sound, fault).toBeGreaterThan(0)
      expect(Math.max(sound?.early ?? 0, sound?.cases ?? 0), fault).toBeGreaterThan(0)
    }
  })

  it('has rows as reports have them, each of a fault that there is, under its rule', () => {
    const rules = new Map(FAULTS.map(({ name, rule }) => [name, rule]))
    for (const row of KILLS.rows) {
      expect(matches(FaultRowSchema, row), row.fault).toBe(true)
      expect(rules.get(row.fault), row.fault).toBe(row.rule)
      expect(row.by === null, row.fault).toBe(row.target === null)
    }
    expect(new Set(KILLS.rows.map(({ fault }) => fault)).size).toBe(KILLS.rows.length)
  })

  it('names cases that there are, or how else a node gave itself away', () => {
    const ids = new Set(ALL_CASES.map(({ test }) => test.id))
    for (const { fault, by } of KILLS.rows) {
      if (by !== null && !/^(setup|uncaught|console|the run)/.test(by)) expect(ids.has(by), `${fault}: ${by}`).toBe(true)
    }
  })

  it('has at least 95 of 100 faults caught, what was never tried among those that are not, and a reason for each that is missed', () => {
    const missed = KILLS.rows.filter(({ by }) => by === null)
    expect((KILLS.rows.length - missed.length) / FAULTS.length).toBeGreaterThanOrEqual(WANTED)
    for (const { fault, reason } of missed) expect(reason?.length, fault).toBeGreaterThan(10)
  })
})

describe('rows that were measured one after another', () => {
  const [fault, other] = FAULTS.map(({ name }) => name)
  const row = (change: Partial<MeasuredRow>): MeasuredRow => ({
    fault: fault ?? '',
    rule: 'ENC-1',
    target: 'loopback',
    by: 'ENC-1.old',
    reason: null,
    run: 'first',
    of: '',
    ...change,
  })
  const run = (started_at: string, ended_at = started_at) => ({
    started_at,
    ended_at,
    sources: '',
    loopback: { early: 1, cases: 1, sound: 1, failed: 0 },
    browser: { early: 0, cases: 0, sound: 0, failed: 0 },
  })

  it('take the place of older ones, and those of faults that are gone go', () => {
    const known = [row({}), row({ fault: other ?? '' }), row({ fault: 'never/was' })]
    const rows = mergedRows(FAULTS, known, [row({ by: 'ENC-1.new', run: 'second' })])
    expect(rows.map(({ fault, by }) => [fault, by]).sort()).toEqual(
      [
        [fault, 'ENC-1.new'],
        [other, 'ENC-1.old'],
      ].sort(),
    )
  })

  it('keep the runs they come from and no others', () => {
    const runs = [run('first'), run('second', 'once'), run('second', 'twice')]
    expect(runsOf([row({ run: 'second' })], runs)).toEqual([run('second', 'twice')])
  })

  it('are known by the fault as it was: another text in its place is another fault', () => {
    const [one] = FAULTS
    if (one === undefined) throw new Error('there are faults')
    expect(hashOf({ ...one, why: 'another reason' })).toBe(hashOf(one))
    expect(hashOf({ ...one, faulty: `${one.faulty} ` })).not.toBe(hashOf(one))
  })
})
