import type { HearthnetConfig } from '#protocol/core/config.ts'

export type Settings = HearthnetConfig['civdef']

export interface SettingsProps {
  readonly settings: Settings
  readonly onChange: (change: Partial<Settings>) => void
  readonly busy: boolean
}
