import { Stack, Text } from '@mantine/core'
import { IconCircleCheck, IconCircleX, IconInfoTriangle } from '@tabler/icons-react'
import type { Decision, Reason } from '#protocol/civdef/decision.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { useLanguage, useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { messages as shared } from '../desk/shared/messages.ts'
import { useRegionNames } from '../use-region-names.ts'
import { messages } from './messages.ts'
import { mainReasons, type Naming, reasonWords, regionsOf } from './reason-words.ts'
import classes from './reasons.module.css'

const ICONS = { pass: IconCircleCheck, stop: IconCircleX, mark: IconInfoTriangle } as const

function useNaming(decision: Decision): Naming {
  const { language } = useLanguage()
  const { severities } = useText(shared)
  const nameOf = useRegionNames(regionsOf(decision))
  return { language, nameOf, severities: { ...severities, none: '–' } }
}

function Reasons({ reasons, naming }: { readonly reasons: readonly Reason[]; readonly naming: Naming }) {
  const text = useText(messages)
  return (
    <ul className={classes.reasons}>
      {reasons.map((reason) => {
        const Icon = ICONS[reason.verdict]
        return (
          <li key={`${reason.rule} ${reason.code}`} className={classes.reason} data-verdict={reason.verdict}>
            <Icon size={22} aria-hidden />
            <div>
              <BidiText>{reasonWords(reason, naming)}</BidiText>
              <div className={classes.reasonRule}>{`${text.rules[reason.rule]}: ${text.verdicts[reason.verdict]}`}</div>
            </div>
          </li>
        )
      })}
    </ul>
  )
}

/** The reasons that tell most, for a list. */
export function MainReasons({ decision }: { readonly decision: Decision }) {
  return <Reasons reasons={mainReasons(decision)} naming={useNaming(decision)} />
}

/** Why this device shows an alert or does not: the decision itself, rule by rule (CIV-12). */
export function ReasonsSection({ decision }: { readonly decision: Decision }) {
  const text = useText(messages)
  const naming = useNaming(decision)
  const { delivery, reasons } = decision
  const title = delivery === 'refuse' ? text.titleRefused : delivery === 'hide' ? text.titleNot : text.title
  return (
    <Section title={title} intro={text.intro}>
      <Stack gap="md">
        <Text fw={600}>{text.deliveries[delivery]}</Text>
        <Reasons reasons={mainReasons(decision)} naming={naming} />
        <details>
          <summary className={classes.summary}>{text.all}</summary>
          <Reasons reasons={reasons} naming={naming} />
        </details>
      </Stack>
    </Section>
  )
}
