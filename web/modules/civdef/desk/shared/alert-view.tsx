import { Text } from '@mantine/core'
import { Fragment, type ReactNode } from 'react'
import type { Wording } from '#protocol/civdef/alert.ts'
import type { AlertSeverity } from '#protocol/civdef/terms.ts'
import { BidiText } from '../../../../kit/bidi-text.tsx'
import { useFormat, useText } from '../../../../kit/i18n.tsx'
import classes from '../desk.module.css'
import { RoleName } from './certificate-card.tsx'
import { DrillFrame } from './drill-frame.tsx'
import { messages } from './messages.ts'
import { RegionName } from './region-name.tsx'
import { SeverityMark } from './severity-mark.tsx'

/** Everything of an alert that people read. */
export interface AlertWords extends Wording {
  readonly severity: AlertSeverity
  readonly drill: boolean
  readonly expires_at: string
  readonly variants: readonly Wording[]
  readonly target: { readonly region: string; readonly roles: readonly string[] }
}

const languageOf = (tag: string): 'de' | 'en' | 'other' => (tag.startsWith('de') ? 'de' : tag.startsWith('en') ? 'en' : 'other')

function Words({ wording, named }: { readonly wording: Wording; readonly named: boolean }) {
  const text = useText(messages)
  return (
    <div lang={wording.language}>
      {named ? (
        <Text size="sm" c="dimmed" mt="xs">
          {text.languages[languageOf(wording.language)]}
        </Text>
      ) : null}
      <h3 className={classes.alertTitle}>
        <BidiText>{wording.title}</BidiText>
      </h3>
      <p className={classes.alertBody}>
        <BidiText>{wording.body}</BidiText>
      </p>
      {wording.instructions.length === 0 ? null : (
        <ul className={classes.alertLines}>
          {wording.instructions.map((line, at) => (
            // lines are as they are signed and never move
            <li key={`${at.toString()} ${line}`}>
              <BidiText>{line}</BidiText>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** An alert as the people see it who get it, in every language that it has. @param by what the publisher is called */
export function AlertView({ alert, by }: { readonly alert: AlertWords; readonly by: ReactNode }) {
  const text = useText(messages)
  const format = useFormat()
  const all = [alert, ...alert.variants]
  return (
    <DrillFrame drill={alert.drill}>
      <article className={classes.alert} data-severity={alert.severity}>
        <SeverityMark severity={alert.severity} />
        {all.map((wording) => (
          <Words key={wording.language} wording={wording} named={all.length > 1} />
        ))}
        <Text>
          {text.forRegion} <RegionName region={alert.target.region} />
        </Text>
        {alert.target.roles.length === 0 ? null : (
          <Text fw={600}>
            {text.onlyRoles}{' '}
            {alert.target.roles.map((role, at) => (
              <Fragment key={role}>
                {at === 0 ? '' : ', '}
                <RoleName role={role} />
              </Fragment>
            ))}
          </Text>
        )}
        <Text>
          {text.by} {by}
        </Text>
        <Text>{text.until(format.dateTime(alert.expires_at))}</Text>
      </article>
    </DrillFrame>
  )
}
