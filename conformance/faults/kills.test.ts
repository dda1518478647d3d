import { describe, expect, it } from 'vitest'
import { matches } from '#protocol/core/schema.ts'
import { FaultRowSchema } from '#protocol/protocol/report.ts'
import { ALL_CASES } from '../harness/registry.ts'
import { SUITE_VERSION } from '../report/report.ts'
import { FAULTS } from './all.ts'
import { KILLS } from './kills.ts'

const WANTED = 0.95

describe('the table of what catches which fault (CONF-7)', () => {
  it('was measured with this suite: every fault met every case until one failed, and a sound node passed them all in between', () => {
    expect(KILLS.suite_version).toBe(SUITE_VERSION)
    expect(KILLS.runs.loopback.sound).toBeGreaterThan(1)
    expect(KILLS.runs.loopback.cases).toBeGreaterThan(800)
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

  it('has at least 95 of 100 caught, and a reason for each that is not', () => {
    const missed = KILLS.rows.filter(({ by }) => by === null)
    expect(1 - missed.length / KILLS.rows.length).toBeGreaterThanOrEqual(WANTED)
    for (const { fault, reason } of missed) expect(reason?.length, fault).toBeGreaterThan(10)
  })
})
