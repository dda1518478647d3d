import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { useLanguage, useText } from '../../../kit/i18n.tsx'
import { type Words, wordsIn } from '../told.ts'
import classes from './alert.module.css'
import { InstructionList } from './instruction-list.tsx'
import { messages } from './messages.ts'

const ALL = 'all'

function InOneLanguage({ words, above }: { readonly words: Words; readonly above: string }) {
  const text = useText(messages)
  return (
    <div className={classes.words} lang={words.language}>
      {words.title === above ? null : (
        <h2 className={classes.wordsTitle}>
          <BidiText>{words.title}</BidiText>
        </h2>
      )}
      {words.body === '' ? null : (
        <p className={classes.body}>
          <BidiText>{words.body}</BidiText>
        </p>
      )}
      {words.instructions.length === 0 ? null : (
        <div>
          <strong>{text.todo}</strong>
          <InstructionList lines={words.instructions} />
        </div>
      )}
    </div>
  )
}

interface AlertWordsProps {
  readonly words: readonly [Words, ...Words[]]
  /** The title that stands above them already; of several languages each has its own. */
  readonly above: string
}

/** What an alert says: in the person's language where it has it, and all its languages side by side at a press. */
export function AlertWords({ words, above }: AlertWordsProps) {
  const text = useText(messages)
  const { language } = useLanguage()
  const [choice, choose] = useState<string | null>(null)
  if (words.length === 1) return <InOneLanguage words={words[0]} above={above} />
  const named = (tag: string): string => {
    const base = tag.slice(0, 2)
    return base === 'de' || base === 'en' ? text.languages[base] : tag
  }
  const chosen = choice ?? wordsIn(words, language).language
  const shown = chosen === ALL ? words : words.filter((one) => one.language === chosen)
  return (
    <>
      <SegmentedControl
        aria-label={text.language}
        value={chosen}
        onChange={choose}
        data={[
          ...words.map((one) => ({ value: one.language, label: named(one.language) })),
          { value: ALL, label: text.sideBySide },
        ]}
      />
      <div className={classes.languages} data-many={shown.length > 1 || undefined}>
        {shown.map((one) => (
          <InOneLanguage key={one.language} words={one} above={shown.length > 1 ? '' : above} />
        ))}
      </div>
    </>
  )
}
