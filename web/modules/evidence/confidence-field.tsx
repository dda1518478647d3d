import { Group, Radio } from '@mantine/core'
import { useText } from '../../kit/i18n.tsx'
import { CONFIDENCE_WORDS, type ConfidenceWord } from './claim-form.ts'
import classes from './evidence.module.css'
import { messages } from './messages.ts'

interface ConfidenceFieldProps {
  readonly value: ConfidenceWord
  readonly onChange: (value: ConfidenceWord) => void
}

/** How sure somebody is, in words. */
export function ConfidenceField({ value, onChange }: ConfidenceFieldProps) {
  const text = useText(messages)
  return (
    <Radio.Group
      label={text.form.confidence}
      value={value}
      onChange={(chosen) => onChange(CONFIDENCE_WORDS.find((word) => word === chosen) ?? value)}
    >
      <Group gap="lg">
        {CONFIDENCE_WORDS.map((word) => (
          <Radio
            key={word}
            value={word}
            label={text.claim.confidenceWords[word]}
            classNames={{ body: classes.choice, label: classes.choiceLabel }}
          />
        ))}
      </Group>
    </Radio.Group>
  )
}
