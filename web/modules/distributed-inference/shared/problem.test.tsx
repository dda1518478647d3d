import { MantineProvider } from '@mantine/core'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { LanguageProvider } from '../../../kit/i18n.tsx'
import { theme } from '../../../kit/theme.ts'
import { Problem } from './problem.tsx'

const said = (error: HearthError): string =>
  renderToString(
    <MantineProvider theme={theme}>
      <LanguageProvider>
        <Problem error={error} />
      </LanguageProvider>
    </MantineProvider>,
  )

beforeEach(() => vi.stubGlobal('localStorage', { getItem: () => 'de', setItem: () => undefined }))
afterEach(() => vi.unstubAllGlobals())

it('a model that is too large for the memory set aside is told from a device that is busy (DLM-8)', () => {
  const tooLarge = new HearthError('capacity_exceeded', 'x', { data: { needed_bytes: 9, budget_bytes: 5 } })
  expect(said(tooLarge)).toContain('Dieses Modell braucht mehr Arbeitsspeicher')
  expect(said(new HearthError('capacity_exceeded', 'x'))).not.toContain('Arbeitsspeicher')
})

it('layers that nobody has are named (DLM-2)', () => {
  const missing = new HearthError('shard_unavailable', 'x', { data: { uncovered: [{ from: 2, to: 3 }] } })
  expect(said(missing)).toMatch(/Schichten 3\sbis\s4/)
})

it('who asks this device alone does not read that nobody is in reach, when its compute worker has died', () => {
  expect(said(new HearthError('partition', 'x'))).toContain('Das Rechnen wurde unterbrochen.')
})
