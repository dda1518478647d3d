import { Text } from '@mantine/core'
import { IconScale } from '@tabler/icons-react'
import { Link } from 'wouter'
import { subjectList } from '#protocol/evidence/capabilities.ts'
import { BidiText } from '../../kit/bidi-text.tsx'
import { plural, useLanguage, useText } from '../../kit/i18n.tsx'
import { useQuery } from '../../port/hooks.ts'
import classes from './evidence.module.css'
import { messages } from './messages.ts'
import { subjectPath } from './paths.ts'

const SHOWN = 6

/** Subjects that begin with what is being typed, each a way to all that is said of it. */
export function SubjectSuggestions({ prefix }: { readonly prefix: string }) {
  const text = useText(messages).list
  const { language } = useLanguage()
  const query = useQuery(subjectList, { prefix, limit: SHOWN }, { enabled: prefix !== '' })
  if (query.status !== 'ready' || query.data.subjects.length === 0) return null
  const more = query.data.total - query.data.subjects.length
  return (
    <nav aria-label={text.subjects}>
      <Text size="sm" fw={600}>
        {text.subjects}
      </Text>
      <ul className={classes.plainList}>
        {query.data.subjects.map(({ subject, claims, disputed }) => (
          <li key={subject}>
            <Link href={subjectPath(subject)} className={classes.external}>
              <BidiText>{subject}</BidiText>
            </Link>{' '}
            <Text span size="sm" c="dimmed">
              {plural(language, claims, text.claims)}
            </Text>
            {disputed === 0 ? null : (
              <>
                {' '}
                <span className={classes.mark} data-level="disputed">
                  <IconScale size={18} aria-hidden />
                  {plural(language, disputed, text.disputed)}
                </span>
              </>
            )}
          </li>
        ))}
      </ul>
      {more > 0 ? (
        <Text size="sm" c="dimmed">
          {plural(language, more, text.moreSubjects)}
        </Text>
      ) : null}
    </nav>
  )
}
