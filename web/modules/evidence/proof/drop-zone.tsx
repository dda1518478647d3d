import { Button, FileButton, Text } from '@mantine/core'
import { IconFileCheck } from '@tabler/icons-react'
import { type DragEvent, useState } from 'react'
import { useText } from '../../../kit/i18n.tsx'
import classes from './drop-zone.module.css'
import { messages } from './messages.ts'

interface DropZoneProps {
  readonly busy: boolean
  readonly onFile: (file: File) => void
}

/** A place to drop a file on, and a button for whoever has no mouse. */
export function DropZone({ busy, onFile }: DropZoneProps) {
  const text = useText(messages)
  const [over, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const [file] = event.dataTransfer.files
    if (file) onFile(file)
  }
  return (
    <section
      className={classes.zone}
      aria-label={text.dropLabel}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <IconFileCheck size={32} aria-hidden />
      <Text>{text.drop}</Text>
      <FileButton onChange={(file) => file && onFile(file)} accept=".json,application/json">
        {(props) => (
          <Button {...props} loading={busy}>
            {text.choose}
          </Button>
        )}
      </FileButton>
    </section>
  )
}
