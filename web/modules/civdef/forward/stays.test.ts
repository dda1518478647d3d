import { expect, it } from 'vitest'
import type { Alert } from '#protocol/civdef/alert.ts'
import { staysBecause } from './stays.ts'

const target = (change: Partial<Alert['target']>): Pick<Alert, 'target'> => ({
  target: { region: 'DE.NRW.Kleve.Issum', roles: [], channels: ['local', 'federation'], ...change },
})

it('an alert leaves only where its publisher sent it, in clear, and where it is believed (CIV-16)', () => {
  expect(staysBecause(target({}), 'notify')).toBeNull()
  expect(staysBecause(target({}), 'hide'), 'others it may concern').toBeNull()
  expect(staysBecause(target({}), undefined)).toBeNull()
  expect(staysBecause(target({}), 'refuse')).toBe('unbelieved')
  expect(staysBecause(target({ channels: ['local', 'push'] }), 'notify')).toBe('channel')
  expect(staysBecause(target({ roles: ['DE.NRW.Kleve.THW'] }), 'notify')).toBe('roles')
})
