import type { Mirror } from '#protocol/civdef/mirror.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { useFormat, useLanguage, useText } from '../../../kit/i18n.tsx'
import classes from '../alert/alert.module.css'
import { AlertWords } from '../alert/alert-words.tsx'
import { AlertMarks } from '../alert-card.tsx'
import cards from '../civdef.module.css'
import { SeverityMark } from '../desk/shared/severity-mark.tsx'
import { messages as shared } from '../messages.ts'
import { toldOf, wordsIn } from '../told.ts'
import { messages } from './messages.ts'

/** An official warning as it was read, before anybody else sees it. */
export function MirrorPreview({ mirror }: { readonly mirror: Mirror }) {
  const text = useText(messages)
  const names = useText(shared)
  const format = useFormat()
  const { language } = useLanguage()
  const told = toldOf({ alert: null, mirror })
  const { title } = wordsIn(told.words, language)
  return (
    <article className={classes.alert} data-severity={mirror.severity} data-origin="mirror">
      <span className={cards.cardMarks}>
        <SeverityMark severity={mirror.severity} />
        <AlertMarks marks={mirror.drill ? ['mirror', 'drill'] : ['mirror']} />
        <span>{text.kinds[mirror.kind]}</span>
      </span>
      <h3 className={classes.wordsTitle}>
        <BidiText>{mirror.drill ? names.drillTitle(title) : title}</BidiText>
      </h3>
      <AlertWords words={told.words} above={title} />
      <dl className={classes.facts}>
        <dt>{text.sender}</dt>
        <dd>
          <BidiText>{mirror.sender_name || mirror.sender}</BidiText>
        </dd>
        <dt>{text.sent}</dt>
        <dd>{format.dateTime(mirror.sent_at)}</dd>
        <dt>{text.until}</dt>
        <dd>{format.dateTime(mirror.expires_at)}</dd>
        <dt>{text.area}</dt>
        <dd>
          <BidiText>{mirror.area}</BidiText> ({text.places(mirror.regions.length)})
        </dd>
      </dl>
    </article>
  )
}
