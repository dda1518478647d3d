import { PasswordInput, Progress, Stack, Text } from '@mantine/core'
import { useText } from '../../kit/i18n.tsx'
import { messages } from './messages.ts'
import { PASSPHRASE_STRENGTHS, type PassphraseStrength, passphraseStrength } from './passphrase.ts'

export interface PassphraseChoice {
  readonly passphrase: string
  readonly repeated: string
  /** Whether the person has tried to go on; before that nothing is called wrong. */
  readonly checked: boolean
}

export const NO_CHOICE: PassphraseChoice = { passphrase: '', repeated: '', checked: false }

/** Weak is allowed: a weak file is worth more than none. */
export const isSettled = ({ passphrase, repeated }: PassphraseChoice): boolean =>
  passphraseStrength(passphrase) !== 'too_short' && passphrase === repeated

const COLORS: Record<PassphraseStrength, string> = { too_short: 'bad', weak: 'bad', fair: 'warn', strong: 'good' }

export interface PassphraseFieldsProps {
  readonly value: PassphraseChoice
  readonly onChange: (value: PassphraseChoice) => void
}

/** A new passphrase, twice, with an honest word about how long it would hold. */
export function PassphraseFields({ value, onChange }: PassphraseFieldsProps) {
  const all = useText(messages)
  const text = all.recovery
  const strength = passphraseStrength(value.passphrase)
  const step = PASSPHRASE_STRENGTHS.indexOf(strength)
  const toggle = { 'aria-label': all.showPassword }
  return (
    <Stack gap="md">
      <Stack gap="xs">
        <PasswordInput
          label={text.passphrase}
          description={text.hint}
          value={value.passphrase}
          onChange={(event) => onChange({ ...value, passphrase: event.currentTarget.value })}
          error={value.checked && strength === 'too_short' ? text.strengths.too_short : null}
          autoComplete="new-password"
          maxLength={256}
          visibilityToggleButtonProps={toggle}
        />
        {value.passphrase === '' ? null : (
          <>
            <Progress
              value={((step + 1) / PASSPHRASE_STRENGTHS.length) * 100}
              color={COLORS[strength]}
              aria-label={text.strength}
            />
            <Text size="sm" role="status">
              {text.strengths[strength]}
            </Text>
          </>
        )}
      </Stack>
      <PasswordInput
        label={text.repeat}
        value={value.repeated}
        onChange={(event) => onChange({ ...value, repeated: event.currentTarget.value })}
        error={value.checked && value.passphrase !== value.repeated ? text.mismatch : null}
        autoComplete="new-password"
        maxLength={256}
        visibilityToggleButtonProps={toggle}
      />
    </Stack>
  )
}
